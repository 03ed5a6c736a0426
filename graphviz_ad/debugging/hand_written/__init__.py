"""Is a backward pass written by hand right, and if not, which line is the first that is wrong, and what is its slip?"""
