"""graphviz_ad: watch automatic differentiation happen.

Write ordinary NumPy; the computational graph is recorded with its values and local gradients, differentiated in
reverse, and shown step by step.

>>> import numpy as np, graphviz_ad as gad
>>> x = gad.Variable(2.0, name="x")
>>> y = np.log(x**2) * np.sin(x) + 1 / x
>>> y.backward()
>>> round(float(x.grad), 6)
0.082395
"""

import graphviz_ad.starting  # before anything else is looked for on the import path, __future__ included

# isort: split

from typing import TYPE_CHECKING, Any

import graphviz_ad.engine.operators
import graphviz_ad.engine.repeated  # noqa: F401  (give the Variable its operators, and ufunc.at its answer)
from graphviz_ad.engine.jacobians import hessian, hvp, jacobian
from graphviz_ad.engine.making import array
from graphviz_ad.engine.transforms import grad, jvp, value_and_grad, vjp
from graphviz_ad.engine.variable import Variable, attach_grad
from graphviz_ad.errors import GraphvizAdError, suggest
from graphviz_ad.tracing import Trace, check, formula, record, trace

if TYPE_CHECKING:
    from graphviz_ad import extend as extend
    from graphviz_ad import testing as testing
    from graphviz_ad.bookkeeping import ledger
    from graphviz_ad.debugger import break_when, debug
    from graphviz_ad.debugging.meaning import meant
    from graphviz_ad.diagnosing import Report
    from graphviz_ad.filming import Film, film
    from graphviz_ad.hand_checking import check_backward
    from graphviz_ad.ordering import Orders, orders
    from graphviz_ad.plotting import plot
    from graphviz_ad.side_by_side import Comparison, compare
    from graphviz_ad.unfinished import Unfinished, post_mortem
    from graphviz_ad_widgets import explore

__all__ = [
    "Comparison",
    "Film",
    "GraphvizAdError",
    "Orders",
    "Report",
    "Trace",
    "Unfinished",
    "Variable",
    "array",
    "attach_grad",
    "break_when",
    "check",
    "check_backward",
    "compare",
    "debug",
    "explore",
    "film",
    "formula",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "ledger",
    "meant",
    "orders",
    "plot",
    "post_mortem",
    "record",
    "trace",
    "value_and_grad",
    "vjp",
]

# What draws is imported when it is first used, so that recording and differentiating stay quick to import. The widget
# has a package of its own: Jupyter is not loaded before `explore` is used.
_LAZY = {
    "Comparison": "graphviz_ad.side_by_side",
    "compare": "graphviz_ad.side_by_side",
    "Film": "graphviz_ad.filming",
    "Orders": "graphviz_ad.ordering",
    "Report": "graphviz_ad.diagnosing",
    "Unfinished": "graphviz_ad.unfinished",
    "break_when": "graphviz_ad.debugger",
    "check_backward": "graphviz_ad.hand_checking",
    "debug": "graphviz_ad.debugger",
    "explore": "graphviz_ad_widgets",
    "film": "graphviz_ad.filming",
    "ledger": "graphviz_ad.bookkeeping",
    "meant": "graphviz_ad.debugging.meaning",
    "orders": "graphviz_ad.ordering",
    "plot": "graphviz_ad.plotting",
    "post_mortem": "graphviz_ad.unfinished",
}
_PUBLIC_MODULES = ("extend", "testing")  # so that gad.testing.check_grads needs no import of its own


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        import importlib

        value = globals()[name] = getattr(importlib.import_module(_LAZY[name]), name)
        return value
    if name in _PUBLIC_MODULES:
        import importlib

        return importlib.import_module(f"graphviz_ad.{name}")
    text = f"module 'graphviz_ad' has no attribute {name!r}.{suggest(name, (*__all__, *_PUBLIC_MODULES))}"
    raise AttributeError(text, name=None, obj=None)  # with a name Python would add the guess once more


def __dir__() -> list[str]:
    return sorted(__all__)
