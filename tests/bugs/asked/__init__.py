"""Functions of kinds that are asked about again and again, in the words in which they are asked."""
