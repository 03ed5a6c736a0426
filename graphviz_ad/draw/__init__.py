"""Pictures of a story: one layout, drawn in any step, in any theme."""
