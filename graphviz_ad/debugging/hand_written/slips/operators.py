"""Slips of operators: comparisons, other signs of arithmetic, brackets, constants and terms."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from itertools import islice
from itertools import product as product_of

from graphviz_ad.debugging.hand_written.comparing import constant_ratio
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, atom, product

__all__ = [
    "margins",
    "missing_terms",
    "other_comparisons",
    "other_constants",
    "other_powers",
    "other_terms",
    "others",
    "terms_alike",
    "terms_many_times",
    "terms_within",
]


def other_comparisons(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a comparison the other way round."""
    for part in (*scene.parts(), *scene.places()):
        if isinstance(part, ast.Compare) and len(part.ops) == 1:
            for sign in (">", ">=", "<", "<=", "==", "!="):
                new = f"{scene.text(part.left)} {sign} {scene.text(part.comparators[0])}"
                yield Proposal("other", scene.edit((part, new)), f"It has `{scene.text(part)}` where `{new}` was meant")
    yield from _other_masks(scene)


def _other_masks(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a mask, or all that are alike in it, for its opposite."""
    masks: dict[str, list[ast.expr]] = {}
    inner = set[ast.expr]()
    for part in (*scene.parts(), *scene.places()):
        if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Invert):
            inner.add(part.operand)
        is_name = isinstance(part, ast.Name | ast.Attribute | ast.UnaryOp) and part not in inner
        numbers = scene.evaluated(part) if is_name else None
        if numbers is not None and numbers.dtype.kind == "b" and numbers.ndim:
            masks.setdefault(scene.text(part), []).append(part)
    for text, same in masks.items():
        new = text[1:] if text.startswith("~") else f"~{text}"
        for each in [same, *([one] for one in same)]:
            words = f"It has `{text}` where `{new}` was meant"
            yield Proposal("other", scene.edit(*((one, new) for one in each)), words)


def others(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with another operator, with brackets elsewhere, or another power."""
    for part in scene.parts():
        if isinstance(part, ast.BinOp):
            yield from _other_operators(scene, part)
        if isinstance(part, ast.Call) and len(part.args) == 3 and ast.unparse(part.func).endswith("where"):
            _, yes, no = part.args
            edit = scene.edit((yes, scene.text(no)), (no, scene.text(yes)))
            yield Proposal("other", edit, f"The two ways of `{scene.text(part)}` are exchanged")


_SIGNS: tuple[tuple[type[ast.operator], str], ...] = (
    (ast.Mult, "*"), (ast.Div, "/"), (ast.Add, "+"), (ast.Sub, "-"), (ast.MatMult, "@"),
    (ast.Pow, "**"),
)  # fmt: skip


def _other_operators(scene: Scene, part: ast.BinOp) -> Iterator[Proposal]:
    left, right, text = scene.text(part.left), scene.text(part.right), scene.text(part)
    for side in (left, right):
        yield Proposal(
            "other", scene.edit((part, f"({side})")), f"`{text}` has more in it than `{side}`, which was meant"
        )
    for kind, sign in _SIGNS:
        if not isinstance(part.op, kind):
            first = atom(part.left, left) if kind is ast.Pow else product(part.left, left)
            new = f"({first} {sign} {atom(part.right, right)})"
            yield Proposal("other", scene.edit((part, new)), f"It has `{text}` where `{new[1:-1]}` was meant")
    inner = part.left
    if isinstance(part.op, ast.Pow) and isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub):
        sign = "+" if isinstance(inner.op, ast.Add) else "-"
        new = f"({scene.text(inner.left)} {sign} {atom(inner.right, scene.text(inner.right))}**{right})"
        yield Proposal(
            "other", scene.edit((part, new)), f"The brackets of `{text}` stand in the wrong place: `{new[1:-1]}`"
        )


def other_powers(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with another exponent for one in it."""
    for part in scene.parts():
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow):
            left, right, text = scene.text(part.left), scene.text(part.right), scene.text(part)
            for shift in (-1, 1, -0.5, 0.5):
                sign = " ** " if " ** " in text else "**"
                new = f"{atom(part.left, left)}{sign}{_moved(part.right, right, shift)}"
                words = f"`{text}` has the wrong power: `{new}` was meant"
                yield Proposal("missing-factor", scene.edit((part, f"({new})")), words)


def _moved(power: ast.expr, text: str, shift: float) -> str:
    """Return an exponent that is so much more, as a number where it is one."""
    try:
        number = ast.literal_eval(power) + shift
    except (ValueError, TypeError):
        return f"({text} {'-' if shift < 0 else '+'} {abs(shift)})"
    return repr(int(number) if number == int(number) else number)


def other_constants(scene: Scene) -> Iterator[Proposal]:
    """Numbers that forward has otherwise, such as an option that it is called with; a mask with 1 for 0."""
    value = scene.value
    if isinstance(value, ast.Constant) and value.value in (0, 1) and not isinstance(scene.statement.node, ast.Return):
        new = scene.text(value).replace("0", "1", 1) if value.value == 0 else scene.text(value).replace("1", "0", 1)
        words = f"It has `{scene.text(value)}` where `{new}` was meant"
        yield Proposal("other", scene.edit((value, new)), words)
    others = _axes_and_powers(scene)
    factors = set(_factors(scene))
    shares = {part.left for part in scene.parts() if isinstance(part, ast.BinOp) and _is_share(part)}
    for part in (*scene.parts(), *scene.places()):
        if isinstance(part, ast.Constant) and type(part.value) in (int, float) and part not in others:
            for number in scene.truth.constants:
                if number != part.value and part not in shares:
                    words = f"It has `{scene.text(part)}` where `{number!r}` was meant, which stands in forward"
                    slip = "factor" if part in factors else "other"
                    yield Proposal(slip, scene.edit((part, repr(number))), words)


def _factors(scene: Scene) -> Iterator[ast.expr]:
    """Yield what a line multiplies or divides by."""
    node = scene.statement.node
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult | ast.Div):
        yield node.value
    for part in scene.parts():
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult | ast.Div):
            yield from (part.left, part.right)


def _is_share(part: ast.BinOp) -> bool:
    """Return whether an expression is 1 divided by something: its 1 is no number of forward's."""
    return isinstance(part.op, ast.Div) and isinstance(part.left, ast.Constant) and part.left.value == 1


def _axes_and_powers(scene: Scene) -> set[ast.expr]:
    """Return the numbers of a line that are axes or exponents, which have slips of their own."""
    parts = list(scene.parts())
    calls = [part for part in parts if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)]
    axes = [word.value for call in calls for word in call.keywords if word.arg == "axis"]
    axes += [argument for call in calls if call.func.attr in ("sum", "mean", "max") for argument in call.args]  # type: ignore[attr-defined]
    powers = [part.right for part in parts if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow)]
    return {inner for one in (*axes, *powers) for inner in ast.walk(one) if isinstance(inner, ast.Constant)}


def other_terms(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a number too few or too many in one of its sums, as in `s` for `s - 1`."""
    for part in scene.parts():
        text = scene.text(part)
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
            for side, rest in ((part.right, part.left), (part.left, part.right)):
                numbers = scene.evaluated(side)
                if numbers is not None and not numbers.ndim:
                    minus = "-" if side is part.left and isinstance(part.op, ast.Sub) else ""
                    new = f"({minus}{atom(rest, scene.text(rest)) if minus else scene.text(rest)})"
                    words = f"`{text}` has a term `{scene.text(side)}` that does not belong there"
                    yield Proposal("other", scene.edit((part, new)), words)
        elif isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            numbers = scene.evaluated(part)
            if numbers is not None and numbers.dtype.kind == "f":
                for new in (f"({text} - 1)", f"(1 - {text})", f"({text} + 1)"):
                    yield Proposal("other", scene.edit((part, new)), f"It has `{text}` where `{new[1:-1]}` was meant")


def missing_terms(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a contribution that is exactly what is missing, and no part of its sum already."""
    yield from (proposal for ratio, proposal in _lacking(scene) if not _turns(ratio))


def terms_many_times(scene: Scene) -> Iterator[Proposal]:
    """Yield the line less twice a term, which is more often one with the wrong sign in a line above."""
    yield from (proposal for ratio, proposal in _lacking(scene) if _turns(ratio))


def _turns(ratio: float) -> bool:
    return abs(ratio + 2) < 1e-9


def _lacking(scene: Scene) -> Iterator[tuple[float, Proposal]]:
    """Yield how many times a name at hand is what is missing, and the line with it."""
    if scene.got is None or scene.expected is None or scene.got.shape != scene.expected.shape:
        return
    rest, aim = scene.expected - scene.got, scene.aim or scene.value
    present = {scene.text(term) for term in _terms(aim)}
    for name, value in scene.arrays().items():
        if value.shape != rest.shape or name in present:
            continue
        same = scene.truth.ruler.agree(value, rest)
        ratio = 1.0 if same else constant_ratio(value, rest, scene.truth.ruler) if rest.size > 1 else None
        if ratio is not None:
            sign = "-" if ratio < 0 else "+"
            number = "" if abs(ratio) == 1 or scene.truth.ruler.agree(-value, rest) else f"{abs(ratio):.10g} * "
            words = f"The contribution `{sign.strip('+')}{number}{name}` is missing"
            yield ratio, Proposal("other", scene.edit((aim, f"{scene.text(aim)} {sign} {number}{name}")), words)


_MOST_ALIKE, _MOST_TRIED = 400, 40


def terms_alike(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with one more term, made like those in it; where what is missing is known, with that alone."""
    aim = scene.aim or scene.value
    known = scene.got is not None and scene.expected is not None and scene.got.shape == scene.expected.shape
    rest = scene.expected - scene.got if known and scene.expected is not None and scene.got is not None else None
    for k, term in enumerate(_terms_like(scene, aim, {scene.text(one) for one in _terms(aim)})):
        value = None if rest is None else scene.evaluated(ast.parse(term, mode="eval").body)
        fits = rest is not None and value is not None and scene.truth.ruler.agree(value, rest)
        if fits or (rest is None and k < _MOST_TRIED):
            words = f"The contribution `{term}` is missing"
            yield Proposal("other", scene.edit((aim, f"{scene.text(aim)} + {term}")), words)


def terms_within(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a number at hand added to a name in it, as in ``(dh + carry) * slope``."""
    arrays = {name: value for name, value in scene.arrays().items() if name.isidentifier() and value.dtype.kind == "f"}
    for part in scene.operands():
        numbers = scene.evaluated(part)
        if numbers is None or numbers.dtype.kind != "f":
            continue
        text = scene.text(part)
        for name, value in arrays.items():
            if value.shape == numbers.shape and name != text:
                new = f"({text} + {name})"
                yield Proposal(
                    "other", scene.edit((part, new)), f"The contribution `{name}` is missing beside `{text}`"
                )


def _terms_like(scene: Scene, sum_: ast.expr, present: Collection[str]) -> Iterator[str]:
    """Yield terms made like those that are there, with other names of the same shapes."""
    arrays = {name: value for name, value in scene.arrays().items() if name.isidentifier()}
    terms = [term for term in _terms(sum_) if not isinstance(term, ast.Name)]
    alike: dict[str, None] = {}
    for term in terms:
        names = list(dict.fromkeys(p.id for p in ast.walk(term) if isinstance(p, ast.Name) and p.id in arrays))
        choices = [[other for other in arrays if arrays[other].shape == arrays[name].shape] for name in names[:3]]
        for others in islice(product_of(*choices), _MOST_ALIKE):
            renamed = dict(zip(names, others, strict=False))
            alike[re.sub(r"\w+", lambda word, to=renamed: to.get(word[0], word[0]), scene.text(term))] = None  # type: ignore[misc]
    yield from (term for term in alike if term not in present)


def _terms(sum_: ast.expr) -> Iterator[ast.expr]:
    """Yield the terms of a sum, or the expression where it is none."""
    waiting = [sum_]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
            waiting += [part.left, part.right]
        else:
            yield part


def margins(scene: Scene) -> Iterator[Proposal]:
    """Yield a line that only conditions read with a number of forward's, or 1, added to it or taken from it."""
    for number in (1, *scene.truth.constants) if scene.statement.is_compared else ():
        for sign in "+-":
            new = f"{scene.text(scene.value)} {sign} {number}"
            yield Proposal("other", scene.edit((scene.value, new)), f"`{sign} {number}` is missing")
