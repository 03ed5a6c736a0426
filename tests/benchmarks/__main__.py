"""Run the benchmarks with every library on one thread."""

import os
import sys


def start() -> int:
    """Ask for one thread before NumPy is loaded, since its BLAS reads this only once."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    from .report import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(start())
