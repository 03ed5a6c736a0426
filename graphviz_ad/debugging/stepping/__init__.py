"""Moving through what was recorded: the story with its calls, where to stop, what is watched."""
