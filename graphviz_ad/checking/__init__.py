"""Gradients checked: differences along a line, what the engine claims, and the first rule that is wrong."""
