"""The engine: it records what NumPy computes and differentiates the recording. It needs NumPy only."""
