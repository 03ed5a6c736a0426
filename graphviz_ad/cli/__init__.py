"""The command `graphviz-ad`: its words, the formulas that it reads, and what it runs."""
