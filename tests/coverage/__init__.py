"""What of NumPy and of SciPy's special functions can be differentiated: observed, checked, and written on a page."""
