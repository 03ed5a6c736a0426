"""Cards: what a node is in the picture, measured before the layout and drawn after it."""
