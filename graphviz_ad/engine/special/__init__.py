"""The rules of SciPy's special functions: imported when one of them first meets a Variable, never before."""
