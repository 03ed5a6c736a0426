"""The second half of the gallery of backward passes: other kinds of layers, written with a look at the first."""
