"""What needs a process of its own: memory, a million operations, importing, the first picture.

Run as a module with the name of a measurement and of a contender, it prints one JSON object.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tracemalloc
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from .contenders import CONTENDERS
from .workloads import WORKLOADS

__all__ = ["import_seconds", "in_fresh_process", "median_of"]

LINKS = 33_333  # three operations each
_PAGES = Path("/proc/self/statm")


def in_fresh_process(what: str, contender: str = "graphviz_ad") -> dict[str, Any]:
    """Run one measurement in a new interpreter with this one's path.

    Raises
    ------
    RuntimeError
        With what it printed, when it fails.
    """
    return json.loads(_python("-m", __name__, what, contender))


def median_of(results: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each number of several results.

    Examples
    --------
    >>> median_of([{"a": 1.0}, {"a": 5.0}, {"a": 2.0}])
    {'a': 2.0}
    """
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


def import_seconds() -> float:
    """Return how long importing graphviz_ad takes in a new interpreter which has imported NumPy."""
    code = "import numpy, time; t = time.perf_counter(); import graphviz_ad; print(time.perf_counter() - t)"
    return float(_python("-c", code))


def _python(*arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (os.getcwd(), *sys.path)))}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr.strip()}")
    return done.stdout


def memory(contender: str) -> dict[str, float]:
    """Record a hundred thousand operations on numbers, and return bytes a node as the system counts them.

    Where /proc is missing there is no such number (NaN).
    """
    library = CONTENDERS[contender]()
    library.record(100)
    gc.collect()
    before = _resident()
    kept = library.record(LINKS)
    gc.collect()
    after = _resident()
    del kept
    return {"bytes": (after - before) / (3 * LINKS)}


def allocated(contender: str) -> dict[str, float]:
    """Record a hundred thousand operations on numbers, and return bytes a node as Python's allocator counts them."""
    library = CONTENDERS[contender]()
    library.record(100)
    gc.collect()
    tracemalloc.start()
    kept = library.record(LINKS)
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return {"bytes": size / (3 * LINKS)}


def _resident() -> float:
    return int(_PAGES.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if _PAGES.exists() else float("nan")


def million(contender: str) -> dict[str, float]:
    """Record a million operations, differentiate and free them; return processor seconds and the gradient."""
    if contender == "hand":
        run = WORKLOADS["W2c"].by_hand()
        start = process_time()
        gradient = run()
        return {"together": process_time() - start, "gradient": float(gradient)}
    library = CONTENDERS[contender]()
    library.record(100)[0].backward()
    start = process_time()
    y, x = library.record(10 * LINKS + 3)
    recorded = process_time()
    y.backward()
    differentiated = process_time()
    gradient = float(x.grad)
    del x, y
    freed = process_time()
    return {
        "record": recorded - start,
        "differentiate": differentiated - recorded,
        "free": freed - differentiated,
        "together": freed - start,
        "gradient": gradient,
    }


def ten_nodes(x):
    """Compute what is drawn."""
    return np.exp(-x) * np.sin(3 * x) + np.log(x**2) / x


def picture(contender: str) -> dict[str, float]:
    """Draw another function first, then one of ten nodes as a notebook shows it; return the seconds of both."""
    gad = CONTENDERS[contender]().library
    start = perf_counter()
    gad.trace(np.sin, 1.0)._repr_mimebundle_()
    cold = perf_counter()
    shown = gad.trace(ten_nodes, 2.0)._repr_mimebundle_()
    warm = perf_counter()
    if "image/svg+xml" not in shown:
        raise RuntimeError(shown["text/plain"])
    return {"cold": cold - start, "warm": warm - cold}


MEASUREMENTS = {kind.__name__: kind for kind in (memory, allocated, million, picture)}

if __name__ == "__main__":
    print(json.dumps(MEASUREMENTS[sys.argv[1]](sys.argv[2])))
