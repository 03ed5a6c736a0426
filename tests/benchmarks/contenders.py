"""The engine and its peers, each running the workloads the way its own users would.

A contender makes a function without arguments out of a workload: forward, recording and backward. By default this makes
the leaves from NumPy's data, too, each time; with `keep` they are made once, and only their gradients are cleared.
Where a library cannot do a workload, there is no function.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from importlib import metadata
from types import SimpleNamespace
from typing import Any

import numpy as np

from .workloads import Workload, chain

__all__ = ["CONTENDERS", "PEERS", "Contender", "load"]

Run = Callable[[], Any]


class Contender:
    """A library whose leaves accumulate gradients when ``backward()`` is called on a result.

    Raises
    ------
    ImportError
        On construction, when the library is not installed.
    """

    name: str
    package: str
    functions: Any
    note = ""

    @property
    def version(self) -> str:
        """The installed version."""
        return metadata.version(self.package)

    def leaf(self, value: Any) -> Any:
        """Return what the library differentiates with respect to."""
        raise NotImplementedError

    def constant(self, value: Any) -> Any:
        """Return an operand which is not differentiated."""
        return value

    def clear(self, leaf: Any) -> None:
        """Forget a leaf's gradient."""
        leaf.grad = None

    def can(self, workload: Workload) -> bool:
        """Tell whether the library knows values such as the workload's."""
        return True

    writes = False
    """Whether recorded numbers can be written into an array."""

    def gradient(self, name: str, workload: Workload, keep: bool = False) -> Run | None:
        """Return the workload as a function, or None where the library cannot do it."""
        if not self.can(workload) or (name == "W8" and not self.writes):
            return None
        if name == "W3b":
            return self.each(workload, keep)
        if name == "W6a":
            return self.second(workload)
        if name == "W6b":
            return self.hessian(workload)
        return self.first(workload, keep)

    def leaves(self, workload: Workload, keep: bool) -> Callable[[], list[Any]]:
        """Return a function that gives leaves without gradients."""
        leaf, clear, values = self.leaf, self.clear, workload.inputs
        if not keep:
            return lambda: [leaf(value) for value in values]
        kept = [leaf(value) for value in values]

        def cleared():
            for one in kept:
                clear(one)
            return kept

        return cleared

    def first(self, workload: Workload, keep: bool) -> Run:
        """Differentiate one number."""
        leaves, program, functions = self.leaves(workload, keep), workload.program, self.functions
        constants = tuple(map(self.constant, workload.constants))

        def run():
            inputs = leaves()
            program(functions, *inputs, *constants).backward()
            return [leaf.grad for leaf in inputs]

        return run

    def each(self, workload: Workload, keep: bool) -> Run | None:
        """Differentiate each entry on its own, over one recording, adding up."""
        leaves, program, functions = self.leaves(workload, keep), workload.program, self.functions
        count = workload.inputs[0].size

        def run():
            (x,) = leaves()
            y = program(functions, x)
            for i in range(count):
                self.entry_backward(y, i)
            return x.grad

        return run

    def entry_backward(self, y: Any, i: int) -> None:
        """Sweep back from one entry, and keep the recording."""
        y[i].backward()

    def second(self, workload: Workload) -> Run | None:
        """Differentiate twice."""
        return None

    def hessian(self, workload: Workload) -> Run | None:
        """Return all second derivatives."""
        return None

    def record(self, links: int, start: float = 0.5) -> Any:
        """Record a scalar chain, and return what keeps the recording alive, the leaf last."""
        x = self.leaf(start)
        return chain(links)(self.functions, x), x


class GraphvizAd(Contender):
    """The engine of this project."""

    name = "graphviz_ad"
    package = "graphviz-ad"
    writes = True

    def __init__(self) -> None:
        import graphviz_ad

        self.library = graphviz_ad
        self.functions = np
        self.leaf = graphviz_ad.Variable

    @property
    def version(self) -> str:
        """The installed version, if it is not just a checkout."""
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return "(checkout)"

    def clear(self, leaf: Any) -> None:
        """Forget a leaf's gradient."""
        leaf.zero_grad()

    def second(self, workload: Workload) -> Run:
        """Nest the transform."""
        (x,) = workload.inputs
        twice = self.library.grad(self.library.grad(lambda x: workload.program(np, x)))
        return lambda: twice(x)

    def hessian(self, workload: Workload) -> Run:
        """Use our own."""
        (x,) = workload.inputs
        whole = self.library.hessian(lambda x: workload.program(np, x))
        return lambda: whole(x)


class Torch(Contender):
    """PyTorch, eager, on one thread."""

    name = "torch"
    package = "torch"
    writes = True
    note = "eager, torch.set_num_threads(1)"

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        self.library = self.functions = torch

    def leaf(self, value: Any) -> Any:
        """Copy into a tensor of float64."""
        return self.library.tensor(value, dtype=self.library.float64, requires_grad=True)

    def constant(self, value: Any) -> Any:
        """Copy into a tensor."""
        return self.library.tensor(value)

    def entry_backward(self, y: Any, i: int) -> None:
        """Unlike elsewhere, keeping the recording must be asked for."""
        y[i].backward(retain_graph=True)

    def second(self, workload: Workload) -> Run:
        """Record the first derivative, too."""
        (value,) = workload.inputs
        derivative = self.library.autograd.grad

        def run():
            x = self.leaf(value)
            (first,) = derivative(workload.program(self.functions, x), x, create_graph=True)
            return derivative(first, x)[0]

        return run

    def hessian(self, workload: Workload) -> Run:
        """Use PyTorch's own."""
        (value,) = workload.inputs
        x = self.constant(value)
        return lambda: self.library.autograd.functional.hessian(lambda x: workload.program(self.functions, x), x)


class Autograd(Contender):
    """HIPS autograd: transforms of functions of NumPy values, so there are no leaves to make."""

    name = "autograd"
    package = "autograd"

    def __init__(self) -> None:
        import autograd
        import autograd.numpy

        self.library = autograd
        self.functions = autograd.numpy

    def _of_inputs(self, workload: Workload) -> Callable[..., Any]:
        return lambda inputs: workload.program(self.functions, *inputs, *workload.constants)

    def first(self, workload: Workload, keep: bool) -> Run:
        """Differentiate one number with respect to a tuple."""
        gradient, inputs = self.library.grad(self._of_inputs(workload)), workload.inputs
        if len(inputs) == 1:
            gradient, inputs = self.library.grad(lambda x: workload.program(self.functions, x)), inputs[0]
        return lambda: gradient(inputs)

    def each(self, workload: Workload, keep: bool) -> Run:
        """Record once, pull back a seed for each entry."""
        (x,) = workload.inputs

        def run():
            pullback, y = self.library.make_vjp(lambda x: workload.program(self.functions, x))(x)
            total = np.zeros_like(x)
            for i in range(x.size):
                seed = np.zeros_like(y)
                seed[i] = 1.0
                total += pullback(seed)
            return total

        return run

    def second(self, workload: Workload) -> Run:
        """Nest the transform."""
        (x,) = workload.inputs
        twice = self.library.grad(self.library.grad(lambda x: workload.program(self.functions, x)))
        return lambda: twice(x)

    def hessian(self, workload: Workload) -> Run:
        """Use autograd's own."""
        (x,) = workload.inputs
        whole = self.library.hessian(lambda x: workload.program(self.functions, x))
        return lambda: whole(x)

    def record(self, links: int, start: float = 0.5) -> Any:
        """Its recording is kept by the function that pulls back."""
        return self.library.make_vjp(lambda x: chain(links)(self.functions, x))(start)


class MyGrad(Contender):
    """MyGrad, its memory guard off."""

    name = "mygrad"
    package = "mygrad"
    note = "memory guard off; records anew for each y[i].backward(), which clears its graph"

    def __init__(self) -> None:
        import mygrad

        mygrad.turn_memory_guarding_off()
        self.functions = mygrad
        self.leaf = mygrad.tensor

    def clear(self, leaf: Any) -> None:
        """Forget a leaf's gradient."""
        leaf.null_grad()

    def each(self, workload: Workload, keep: bool) -> Run:
        """Record anew for each entry: ``backward`` clears MyGrad's graph, and using a leaf again its gradient."""
        leaves = self.leaves(workload, keep)

        def run():
            (x,) = leaves()
            total = np.zeros(x.shape)
            for i in range(x.size):
                workload.program(self.functions, x)[i].backward()
                total += x.grad
            return total

        return run


class Micrograd(Contender):
    """Micrograd knows numbers only; what the workloads need beyond it is added the way it writes its own primitives."""

    name = "micrograd"
    package = "micrograd"
    note = "scalars only; sin, log and > added in its own manner, abs for the norm"

    def __init__(self) -> None:
        from micrograd.engine import Value

        Value.__gt__ = lambda self, other: self.data > other

        def sin(x):
            out = Value(math.sin(x.data), (x,), "sin")

            def _backward():
                x.grad += math.cos(x.data) * out.grad

            out._backward = _backward
            return out

        def log(x):
            out = Value(math.log(x.data), (x,), "log")

            def _backward():
                x.grad += out.grad / x.data

            out._backward = _backward
            return out

        self.leaf = Value
        self.functions = SimpleNamespace(sin=sin, log=log, linalg=SimpleNamespace(norm=lambda b: abs(b.data)))

    def can(self, workload: Workload) -> bool:
        """Tell whether these are plain numbers."""
        return all(isinstance(value, float) for value in workload.inputs)

    def clear(self, leaf: Any) -> None:
        """Forget a leaf's gradient."""
        leaf.grad = 0

    def first(self, workload: Workload, keep: bool) -> Run:
        """Its backward calls itself once a node."""
        run = super().first(workload, keep)

        def deep():
            limit = sys.getrecursionlimit()
            sys.setrecursionlimit(1_000_000)
            try:
                return run()
            finally:
                sys.setrecursionlimit(limit)

        return deep


CONTENDERS = {kind.name: kind for kind in (GraphvizAd, Torch, Autograd, Micrograd, MyGrad)}
PEERS = tuple(name for name in CONTENDERS if name != GraphvizAd.name)


def load(peers: tuple[str, ...]) -> tuple[dict[str, Contender], dict[str, str]]:
    """Return the engine and the peers that can be imported, and why the others cannot."""
    found: dict[str, Contender] = {}
    missing: dict[str, str] = {}
    for name in (GraphvizAd.name, *peers):
        try:
            found[name] = CONTENDERS[name]()
        except ImportError as error:
            if name == GraphvizAd.name:
                raise
            missing[name] = "not installed" if isinstance(error, ModuleNotFoundError) else str(error)
    return found, missing
