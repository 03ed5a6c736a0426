"""What PyTorch and JAX take for a slope at a kink: run here, and written into `graphviz_ad/story/conventions.py`.

A development script, ``python -m tests.conventions``, since neither library is needed to use this one.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np

import graphviz_ad as gad
from graphviz_ad.story import conventions

# By name: NumPy's, PyTorch's and JAX's function of one number, and where its kink is.
PROGRAMS = {
    "absolute": (np.abs, lambda torch: torch.abs, lambda jnp, jax: jnp.abs, 0.0),
    "fabs": (np.fabs, None, lambda jnp, jax: jnp.fabs, 0.0),
    "maximum": (
        lambda x: np.maximum(x, 0.0),
        lambda torch: lambda x: torch.maximum(x, torch.zeros_like(x)),
        lambda jnp, jax: lambda x: jnp.maximum(x, 0.0),
        0.0,
    ),
    "minimum": (
        lambda x: np.minimum(x, 0.0),
        lambda torch: lambda x: torch.minimum(x, torch.zeros_like(x)),
        lambda jnp, jax: lambda x: jnp.minimum(x, 0.0),
        0.0,
    ),
    "max": (
        lambda x: np.max(np.stack([x, np.zeros_like(x)])),
        lambda torch: lambda x: torch.amax(torch.stack([x, torch.zeros_like(x)])),
        lambda jnp, jax: lambda x: jnp.max(jnp.stack([x, jnp.zeros_like(x)])),
        0.0,
    ),
    "min": (
        lambda x: np.min(np.stack([x, np.zeros_like(x)])),
        lambda torch: lambda x: torch.amin(torch.stack([x, torch.zeros_like(x)])),
        lambda jnp, jax: lambda x: jnp.min(jnp.stack([x, jnp.zeros_like(x)])),
        0.0,
    ),
    "clip": (
        lambda x: np.clip(x, 0.0, 1.0),
        lambda torch: lambda x: torch.clamp(x, 0.0, 1.0),
        lambda jnp, jax: lambda x: jnp.clip(x, 0.0, 1.0),
        0.0,
    ),
    "relu": (None, lambda torch: torch.relu, lambda jnp, jax: jax.nn.relu, 0.0),
    "sqrt": (np.sqrt, lambda torch: torch.sqrt, lambda jnp, jax: jnp.sqrt, 0.0),
    "cbrt": (np.cbrt, None, lambda jnp, jax: jnp.cbrt, 0.0),
    "sign": (np.sign, lambda torch: torch.sign, lambda jnp, jax: jnp.sign, 0.0),
    "floor": (np.floor, lambda torch: torch.floor, lambda jnp, jax: jnp.floor, 0.0),
    "ceil": (np.ceil, lambda torch: torch.ceil, lambda jnp, jax: jnp.ceil, 0.0),
    "trunc": (np.trunc, lambda torch: torch.trunc, lambda jnp, jax: jnp.trunc, 1.0),
    "rint": (np.rint, lambda torch: torch.round, lambda jnp, jax: jnp.rint, 0.5),
    "norm": (
        lambda x: np.linalg.norm(np.stack([x, 0 * x])),
        lambda torch: lambda x: torch.linalg.norm(torch.stack([x, 0 * x])),
        lambda jnp, jax: lambda x: jnp.linalg.norm(jnp.stack([x, 0 * x])),
        0.0,
    ),
}
_BEGIN, _END = "# Written by python -m tests.conventions.\n", "# To here.\n"


def ours(name):
    """Return the slope that this library takes; None where it has no such function."""
    function, _, _, x = PROGRAMS[name]
    with np.errstate(all="ignore"):
        return None if function is None else float(gad.grad(function)(x))


def of_torch(name):
    """Return the slope that PyTorch takes."""
    torch = importlib.import_module("torch")
    _, function, _, x = PROGRAMS[name]
    if function is None:
        return None
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    function(torch)(leaf).backward()
    return float(leaf.grad)


def of_jax(name):
    """Return the slope that JAX takes."""
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    _, _, function, x = PROGRAMS[name]
    return None if function is None else float(jax.grad(function(jax.numpy, jax))(x))


def written():
    """Return the table as source."""
    rows = {name: tuple(run(name) for run in (ours, of_torch, of_jax)) for name in PROGRAMS}
    versions = {name: importlib.import_module(name).__version__.partition("+")[0] for name in ("torch", "jax")}
    lines = [f"    {name!r}: Taken({', '.join(map(_number, row))}),\n" for name, row in rows.items()]
    text = f"PYTORCH, JAX = {versions['torch']!r}, {versions['jax']!r}\nTAKEN = {{\n{''.join(lines)}}}\n"
    return text.replace("'", '"')


def _number(value):
    return "None" if value is None else repr(value) if np.isfinite(value) else f"math.{value}"


def main():
    """Write the table anew."""
    path = Path(conventions.__file__)
    head, _, rest = path.read_text(encoding="utf-8").partition(_BEGIN)
    path.write_text(head + _BEGIN + written() + _END + rest.partition(_END)[2], encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
