"""Expressions that a person types: ``x.adjoint``, ``np.max(h)``, ``abs(adjoint) > 1e3``.

They are Python, run where the program is, as those of any debugger. A name is the value of the node that is called so,
as far as the step knows it; else what the program's own module has under that name, so that its functions can be
called; NumPy is ``np`` everywhere.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.stepping.moments import Moment, NodeSoFar
from graphviz_ad.engine.variable import Variable
from graphviz_ad.errors import InputError, suggest

__all__ = ["NODE", "Expression", "NotYet", "parse"]

NODE = ("value", "adjoint", "name", "primitive", "index", "line")
"""What there is to know of a node; alone, of the node of the step."""

_NUMPY = {"np": np, "numpy": np, "pi": np.pi, "inf": np.inf, "nan": np.nan}


class NotYet(Exception):  # noqa: N818  (it is no error)
    """A number that an expression needs is not known yet at this step; the message names it."""


class Expression(NamedTuple):
    """An expression of nodes.

    Attributes
    ----------
    text : str
        As it was typed.
    code : CodeType
        In which ``x.adjoint`` is one name, that of a number.
    names : frozenset of str
        All names in it.
    """

    text: str
    code: CodeType
    names: frozenset[str]

    def at(self, moment: Moment, node: NodeSoFar | None = None) -> Any:
        """Return its value at a moment.

        Parameters
        ----------
        moment : Moment
        node : NodeSoFar, optional
            Whose ``adjoint`` is meant where the word stands alone; that of the step unless given.

        Raises
        ------
        NotYet
            When a number is not known yet.
        InputError
            For a name that there is none, and for what a node has not. What else it raises comes through.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> from graphviz_ad.debugging.stepping.moments import Course
        >>> course = Course.of_call(lambda x: np.sum(x**2), (np.arange(4.0),), {}, gad.Trace)
        >>> float(parse("np.max(x.adjoint) / 2").at(course.moment(len(course.steps) - 1)))
        3.0
        """
        names = _Names(moment, node if node is not None else moment.changed)
        try:
            with np.errstate(all="ignore"):
                return _plain(eval(self.code, names))
        except AttributeError as error:
            if not isinstance(error.obj, np.ndarray | np.generic | complex | float | int):
                raise
            has = ", ".join(f".{name}" for name in NODE)
            raise InputError(f"{self.text}: a node has {has}.{suggest(error.name or '', NODE)}") from None

    def is_of_step(self, called: Callable[[str], Any]) -> bool:
        """Whether it is about the node of the step: a word of `NODE` stands alone, which no node is called."""
        owners = {name.partition(".")[0] for name in self.names}
        return any(name in ("node", *NODE) and not called(name) for name in owners)


def parse(text: str) -> Expression:
    """Read an expression.

    Raises
    ------
    InputError
        For what is no expression of Python.

    Examples
    --------
    >>> parse(" abs(adjoint) > 1e3").text
    'abs(adjoint) > 1e3'
    """
    text = text.strip()
    try:
        tree = _Numbers().visit(ast.parse(text, mode="eval"))
        code = compile(ast.fix_missing_locations(tree), "<expression>", "eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        raise InputError(f"{text!r} is no expression ({why}); write one such as x.adjoint or np.max(h)") from None
    return Expression(text, code, frozenset(part.id for part in ast.walk(tree) if isinstance(part, ast.Name)))


class _Numbers(ast.NodeTransformer):
    """Makes one name of ``x.adjoint``: a value is an array of NumPy's, and knows of no adjoint."""

    def visit_Attribute(self, tree: ast.Attribute) -> ast.expr:
        if isinstance(tree.value, ast.Name) and tree.attr in NODE:
            return ast.copy_location(ast.Name(f"{tree.value.id}.{tree.attr}", tree.ctx), tree)
        self.generic_visit(tree)
        return tree


class _Names(dict[str, Any]):
    """What each name stands for at a moment; it is looked up when Python comes to it, and not before."""

    def __init__(self, moment: Moment, node: NodeSoFar | None) -> None:
        super().__init__()
        self._moment = moment
        self._node = node

    def __missing__(self, name: str) -> Any:
        owner, _, attribute = name.partition(".")
        node = self._called(owner)
        if node is not None:
            return _read(node, attribute or "value")
        if owner in NODE or owner == "node":
            return self._of_step(attribute or owner)
        value = self._known(owner)
        return getattr(value, attribute) if attribute else value

    def _called(self, name: str) -> NodeSoFar | None:
        node = self._moment.called(name)
        if node is None and self._moment.course.called(name):
            raise NotYet(f"{name} is not known yet")
        return node

    def _of_step(self, word: str) -> Any:
        if self._node is None:
            raise NotYet("no node gets a number at this step")
        return self._node if word == "node" else _read(self._node, word)

    def _known(self, name: str) -> Any:
        """Return what a name is in the program's module, in NumPy or in Python."""
        course = self._moment.course
        for names in (course.namespace, _NUMPY):
            if name in names:
                return _plain(names[name])
        if hasattr(builtins, name):
            raise KeyError(name)  # Python looks there itself
        known = course.known_names
        raise InputError(
            f"no node is called {name!r}; there are {', '.join(known[:8])}{', …' if len(known) > 8 else ''}."
            f"{suggest(name, (*known, *NODE))}"
        )


def _read(node: NodeSoFar, attribute: str) -> Any:
    value = getattr(node, attribute)
    if value is None and attribute in ("value", "adjoint"):
        if attribute == "adjoint" and not node.is_differentiated:
            raise NotYet(f"there is no {node.name}.adjoint: the function raised, and nothing goes back")
        if attribute == "adjoint" and not node.card.reached:
            raise NotYet(f"there is no {node.name}.adjoint: {node.card.missing}")
        raise NotYet(f"{node.name}.{attribute} is not known yet")
    return value


def _plain(value: Any) -> Any:
    """Return the value of a node, and anything else as it is."""
    if isinstance(value, NodeSoFar):
        return _read(value, "value")
    return value.value if isinstance(value, Variable) else value
