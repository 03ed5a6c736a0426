"""Saving: one table of formats (`formats`), one file for each, and one writer of files (`files`)."""
