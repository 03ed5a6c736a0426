"""How a hand-written backward pass is called: with the arguments of forward, its cache, an upstream gradient, or none.

Each parameter of `backward` says by its name what it takes: that of a parameter of `forward` its argument; one such as
``dout`` or ``grad_output`` the upstream gradient, of which each output of `forward` has one; any other what `forward`
returns beside its outputs. The upstream gradient is an array of fixed pseudo-random numbers, so that a backward pass
that forgets it is not right by chance.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import as_numbers
from graphviz_ad.debugging.hand_written.keeping import Keeper, is_persons_object
from graphviz_ad.debugging.hand_written.naming import is_gradient_name
from graphviz_ad.debugging.hand_written.statements import statements_of
from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.functions import name_of, parameters_of
from graphviz_ad.errors import InputError, brief

__all__ = ["Binding", "Slot", "bound", "forward_result", "owners_of", "slots_of"]

_SEED = 20
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Binding(NamedTuple):
    """What `backward` is called with, and which results of `forward` are its outputs.

    Attributes
    ----------
    arguments : tuple
    outputs : int or None
        How many of the entries of what forward returned are outputs, the rest being its cache; None where it returns
        an output alone.
    seeds : tuple of arrays or None
        The upstream gradient of each output; None where the output is a number whose gradient is wanted.
    is_upstream : bool
        Whether backward is called with these seeds.
    """

    arguments: tuple[Any, ...]
    outputs: int | None
    seeds: tuple[Any, ...] | None
    is_upstream: bool = False

    def outputs_of(self, result: Any) -> tuple[Any, ...]:
        """Return the outputs among what forward returned."""
        return (result,) if self.outputs is None else tuple(result[: self.outputs])


class Slot(NamedTuple):
    """An array that an object keeps.

    Attributes
    ----------
    owner : object
        The object, one of the person's.
    text : str
        Where in it, as one writes it behind the object: ``W`` or ``params['W']``.
    holder : dict or list
        What holds the array.
    key : object
        Under which key or index.
    name : str
        What it is called.
    """

    owner: Any
    text: str
    holder: Any
    key: Any
    name: str

    @property
    def value(self) -> Any:
        """The array."""
        return self.holder[self.key]

    def fill(self, value: Any) -> None:
        """Keep something else there."""
        self.holder[self.key] = value


def owners_of(*functions: Any) -> list[Any]:
    """Return the objects whose methods some functions are, or which are called themselves, each once."""
    owners = [getattr(function, "__self__", function) for function in functions]
    return list(
        {id(owner): owner for owner in owners if is_persons_object(owner) and not inspect.isfunction(owner)}.values()
    )


def slots_of(owners: Sequence[Any]) -> list[Slot]:
    """Return where float arrays are kept in objects, and in lists, dicts and other objects of theirs."""
    slots: list[Slot] = []
    seen: set[int] = set()
    waiting: list[tuple[Any, Any, str, str]] = [(owner, owner, "", "") for owner in reversed(owners)]
    while waiting:
        thing, owner, path, name = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        is_object = is_persons_object(thing) and not inspect.isroutine(thing)
        if is_object:
            thing, owner, path = vars(thing), thing, ""
        inner = []
        for key, value in _entries(thing):
            text, called = str(key) if is_object else f"{path}[{key!r}]", key if isinstance(key, str) else name
            if isinstance(value, np.ndarray) and value.dtype.kind == "f" and not isinstance(thing, tuple):
                slots.append(Slot(owner, text, thing, key, called))
            else:
                inner.append((value, owner, text, called))
        waiting += reversed(inner)
    return slots


def _entries(holder: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(holder, dict):
        yield from list(holder.items())
    elif isinstance(holder, list | tuple):
        yield from enumerate(holder)


def forward_result(forward: Callable[..., Any], args: Sequence[Any], keeper: Keeper) -> Any:
    """Run forward with plain numbers, twice, and return what it gives.

    Raises
    ------
    InputError
        Where it is not the same both times: it draws random numbers that nobody can draw again.
    """
    keeper.restore()
    first = _outline(forward(*args))
    keeper.restore()
    result = forward(*args)
    for before, after in zip(first, _outline(result), strict=False):
        if not np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"):
            raise InputError(
                f"check_backward: {name_of(forward, 'forward')} gave {brief(before)} and, called again with the same "
                f"arguments, {brief(after)}: draw its random numbers before and pass them as an argument, or keep a "
                f"generator, as in rng = np.random.default_rng(0), outside of it{user_line()}"
            )
    return result


def _outline(value: Any) -> list[Any]:
    """Return copies of the numbers in a value."""
    numbers = as_numbers(value)
    if numbers is not None:
        return [numbers.copy()]
    return [array for _, entry in _entries(value) for array in _outline(entry)]


def bound(forward: Callable[..., Any], backward: Callable[..., Any], args: Sequence[Any], result: Any) -> Binding:
    """Return how to call `backward` after `forward` has given `result` for `args`.

    Raises
    ------
    InputError
        Where a parameter of backward cannot be told.
    """
    parameters = _positional(backward)
    mine = [parameter.name for parameter in _positional(forward) or ()]
    named = dict(zip(mine, args, strict=False))
    if parameters is None:
        return Binding(tuple(args), _outputs(result, 1) if isinstance(result, tuple) else None, None)
    required = [p for p in parameters if p.default is p.empty or p.name in named]
    words = [p.name for p in required]
    kept_words = _kept_words(forward)
    upstream = [word for word in words if word not in named and word not in kept_words and is_gradient_name(word)]
    others = [word for word in words if word not in named and word not in upstream]
    cache = _cache_of(result, max(1, len(upstream)))
    takes_arguments = bool(named) and others and len(words) == len(args) and len(others) > len(cache)
    if takes_arguments or (len(words) == len(args) and not cache and not upstream):
        return Binding(tuple(args), _outputs(result, 1), _ones(result))
    outputs = _outputs(result, max(1, len(upstream))) if others or isinstance(result, tuple) else None
    if len(upstream) > 1 and outputs is None and isinstance(result, tuple):
        outputs = len(upstream)
    values = (result,) if outputs is None else tuple(result[:outputs])
    seeds = _seeds(values[: len(upstream)]) if upstream else _ones(values[0])
    said = dict(zip(upstream, seeds or (), strict=False))
    kept = _assigned(others, cache, backward)
    return Binding(tuple((named | said | kept)[word] for word in words), outputs, seeds, bool(upstream))


def _kept_words(forward: Any) -> set[str]:
    """Return the names that forward's return statements have for what it keeps: `diff` in ``return loss, h, diff``."""
    code = getattr(inspect.unwrap(forward), "__code__", None)
    lines = statements_of(code).values() if code is not None else ()
    values = [one.value for at in lines for one in at if one.is_return]
    kept = [part for value in values if isinstance(value, ast.Tuple) for part in value.elts[1:]]
    return {part.id for part in kept if isinstance(part, ast.Name)}


def _positional(function: Any) -> list[inspect.Parameter] | None:
    parameters = parameters_of(function)
    if parameters is None or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    return [parameter for parameter in parameters if parameter.kind in _POSITIONAL]


def _cache_of(result: Any, outputs: int) -> tuple[Any, ...]:
    return tuple(result[outputs:]) if isinstance(result, tuple) else ()


def _outputs(result: Any, count: int) -> int | None:
    return count if isinstance(result, tuple) else None


def _assigned(words: Sequence[str], cache: tuple[Any, ...], backward: Any) -> dict[str, Any]:
    """Return what the parameters get that are no arguments of forward's: what it returned besides."""
    if not words:  # it takes what forward took, and needs no cache
        return {}
    if len(words) == 1 and cache:
        return {words[0]: cache[0] if len(cache) == 1 else cache}
    if len(words) == len(cache):
        return dict(zip(words, cache, strict=True))
    if len(cache) == 1 and isinstance(cache[0], dict) and set(words) <= cache[0].keys():
        return {word: cache[0][word] for word in words}
    if len(cache) == 1 and isinstance(cache[0], tuple | list) and len(cache[0]) == len(words):
        return dict(zip(words, cache[0], strict=True))
    raise InputError(
        f"check_backward: {name_of(backward, 'backward')} takes {', '.join(words)}, which forward neither takes nor "
        f"returns: let backward take what forward takes, or let forward return (value, cache) and backward take "
        f"cache, or (dout, cache) for the upstream gradient{user_line()}"
    )


def _seeds(outputs: Sequence[Any]) -> tuple[Any, ...]:
    random = np.random.default_rng(_SEED)
    seeds = []
    for output in outputs:
        array = np.asarray(output)
        numbers = random.normal(size=array.shape)
        seeds.append(numbers.astype(array.dtype)[()] if array.dtype.kind == "f" else numbers)
    return tuple(seeds)


def _ones(output: Any) -> tuple[Any, ...] | None:
    """Return the seed of an output that no upstream gradient meets: ones, as for its sum; None for a number."""
    first = output[0] if isinstance(output, tuple) and output else output
    numbers = as_numbers(first)
    return None if numbers is None or numbers.size == 1 else (np.ones(numbers.shape),)
