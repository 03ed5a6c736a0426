"""The half of the gallery that was written from the design page alone."""
