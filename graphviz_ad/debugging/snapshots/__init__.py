"""Traces as text that is stored beside tests: what was recorded, with its numbers, and what has changed since."""
