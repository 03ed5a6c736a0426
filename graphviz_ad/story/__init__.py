"""The story of a differentiation: what nodes and edges are called, and one step for everything that happens."""
