"""Backward passes as they are handed in, whose slips are written into them one at a time."""
