"""Stepping through a story in a terminal: what stands on the screen, the commands, and who talks to the person."""
