"""The slips that a line of a backward pass may have: one idea a module, each of them a row of `table.py`."""
