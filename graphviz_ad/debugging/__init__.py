"""Why a gradient is what it is: what is wrong with it, where, why, and what cures it."""
