"""A gradient as the sum over its paths: the widest of them, how they are told, and what wrong orders cost."""
