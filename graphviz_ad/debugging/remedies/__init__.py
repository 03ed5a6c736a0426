"""What cures a finding: a line of the person's code before and after, tried on the very trace that has the finding."""
