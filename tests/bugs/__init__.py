"""Broken, healthy and hand-written functions that the debugger of gradients is held to."""
