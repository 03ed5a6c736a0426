"""What a learner is asked of a story, at which steps, for which number or entry."""
