"""Benchmarks: the engine and its peers against derivatives written by hand. Run ``python -m tests.benchmarks``."""
