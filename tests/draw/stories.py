"""Stories made by hand: stand-ins with the attributes that drawing reads, differentiated with closures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

MINUS = "\u2212"


class Quantity(NamedTuple):
    """Names one number."""

    kind: str
    node: int
    argument: int = 0


class Run(NamedTuple):
    """One stretch of a formula."""

    text: str
    italic: bool = False
    level: int = 0
    bar: bool = False


@dataclass(frozen=True)
class Formula:
    """A formula in one line."""

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """Without its levels."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Card:
    """A node."""

    position: int
    role: str
    symbol: Formula
    bar: Formula
    title: Formula
    short: Formula
    shape: tuple[int, ...] = ()
    dtype: str = "float64"
    reached: bool = True
    detached: bool = False
    uses: int = 0
    results: str = ""
    dot: Formula | None = None
    twin: bool = False

    @property
    def missing(self) -> str:
        """Why no adjoint arrives."""
        return "detached" if self.detached else "no path"

    @property
    def way(self) -> Formula:
        """What a way through it is called."""
        return self.title if self.twin else self.short


@dataclass(frozen=True)
class Edge:
    """An operand of a node."""

    child: int
    argument: int
    parent: int
    label: Formula
    kind: str
    shapes: str = ""
    use: int = 0


@dataclass(frozen=True)
class Step:
    """One event."""

    index: int
    kind: str
    node: int
    edge: tuple[int, int] | None
    before: Quantity | None
    after: Quantity
    operands: tuple[Quantity, ...]


@dataclass(frozen=True)
class Story:
    """All there is to show."""

    nodes: tuple[Card, ...]
    edges: tuple[Edge, ...]
    steps: tuple[Step, ...]
    numbers: dict[Quantity, Any] = field(repr=False)
    inputs: tuple[int, ...]
    output: int
    title: Formula
    mode: str = "reverse"
    derivative: str = "adjoint"
    derivatives: tuple[str, ...] = ("adjoint",)
    views: dict[str, Any] = field(default_factory=dict)
    cuts: tuple[Any, ...] = ()
    findings: tuple[Any, ...] = ()
    verdicts: tuple[Any, ...] = ()


def f(text: str) -> Formula:
    """Read ``v_1 = x^2`` as a formula: single letters and names after ``'`` are italic, words upright."""
    runs: list[Run] = []
    place = 0
    while place < len(text):
        character = text[place]
        if character in "_^" and place + 1 < len(text):
            end = place + 2
            while end < len(text) and text[place + 1 : end + 1].isdigit():
                end += 1
            runs.append(Run(text[place + 1 : end], level=1 if character == "^" else -1))
            place = end
        elif character.isalpha():
            end = place
            while end < len(text) and (text[end].isalpha() or text[end] in "\u0304ᵀ"):
                end += 1
            word = text[place:end]
            letter = word.replace("\u0304", "").replace("ᵀ", "")
            runs.append(Run(word, italic=len(letter) == 1 or all(c.isalpha() and c == letter[0] for c in letter)))
            place = end
        else:
            end = place
            while end < len(text) and not text[end].isalpha() and text[end] not in "_^":
                end += 1
            runs.append(Run(text[place:end]))
            place = end
    return Formula(tuple(runs))


def bar_of(symbol: Formula) -> Formula:
    """Put a bar over a symbol."""
    first, *rest = symbol.runs
    if len(first.text) > 1:
        return Formula((first._replace(bar=True), *rest))
    return Formula((first._replace(text=first.text + "\u0304"), *rest))


class Teller:
    """Builds a story: nodes with their values, then a reverse sweep told step by step."""

    def __init__(self) -> None:
        self.cards: list[dict[str, Any]] = []
        self.edges: list[tuple[int, int, int, str, str, Any, Callable[[Any], Any] | None]] = []
        self.values: list[Any] = []

    def node(
        self,
        title: str | Formula,
        value: Any,
        parents: Sequence[tuple[Any, ...]] = (),
        *,
        short: str | Formula | None = None,
        symbol: str | Formula | None = None,
        detached: bool = False,
        dtype: str = "float64",
    ) -> int:
        """Add a node; `parents` are (position, label, kind, local gradient, pullback)."""
        position = len(self.cards)
        whole = f(title) if isinstance(title, str) else title
        if symbol is None:
            symbol = title.split(" = ")[0] if isinstance(title, str) else whole
        if short is None:
            short = title.split(" = ")[-1] if isinstance(title, str) else whole
        symbol = f(symbol) if isinstance(symbol, str) else symbol
        self.cards.append(
            {
                "position": position,
                "symbol": symbol,
                "bar": bar_of(symbol),
                "title": whole,
                "short": f(short) if isinstance(short, str) else short,
                "shape": np.shape(value),
                "dtype": dtype,
                "detached": detached,
            }
        )
        self.values.append(value)
        for argument, (parent, label, kind, local, pull) in enumerate(parents):
            self.edges.append((position, argument, parent, label, kind, local, pull))
        return position

    def tell(self, title: str, output: int | None = None, dead: bool = False) -> Story:
        """Differentiate and tell."""
        output = len(self.cards) - 1 if output is None else output
        into: dict[int, list[Any]] = {}
        out: dict[int, list[Any]] = {}
        for edge in self.edges:
            into.setdefault(edge[0], []).append(edge)
            out.setdefault(edge[2], []).append(edge)
        reached = set() if dead else {output}
        for position in reversed(range(len(self.cards))):
            if any(e[0] in reached and e[4] != "cut" for e in out.get(position, ())):
                reached.add(position)
        numbers: dict[Quantity, Any] = {}
        steps: list[Step] = []

        def add(kind: str, node: int, edge: Any, before: Any, after: Quantity, operands: tuple[Quantity, ...]) -> None:
            steps.append(Step(len(steps), kind, node, edge, before, after, operands))

        for position, value in enumerate(self.values):
            numbers[Quantity("value", position)] = value
            reads = tuple(Quantity("value", e[2]) for e in into.get(position, ()))
            add("evaluate", position, None, None, Quantity("value", position), reads)
        if not dead:
            adjoints: dict[int, Any] = {output: np.ones(np.shape(self.values[output])) if
                                        np.shape(self.values[output]) else 1.0}  # fmt: skip
            numbers[Quantity("adjoint", output)] = adjoints[output]
            add("seed", output, None, None, Quantity("adjoint", output), ())
            done: dict[int, int] = {}
            for position in reversed(range(len(self.cards))):
                if position not in adjoints:
                    continue
                upper = Quantity("adjoint", position)
                for child, argument, parent, _, kind, local, pull in reversed(into.get(position, [])):
                    if kind == "cut":
                        continue
                    came = pull(adjoints[position]) if pull else adjoints[position] * local
                    if kind == "local":
                        numbers[Quantity("local", child, argument)] = local
                    uses = [e for e in out[parent] if e[0] in reached and e[4] != "cut"]
                    if len(out[parent]) == 1:
                        adjoints[parent] = came
                        numbers[Quantity("adjoint", parent)] = came
                        after = Quantity("adjoint", parent)
                        add("local", parent, (child, argument), None, after, (upper,))
                        continue
                    after = Quantity("contribution", child, argument)
                    numbers[after] = came
                    add("local", parent, (child, argument), None, after, (upper,))
                    done[parent] = done.get(parent, 0) + 1
                    before = Quantity("partial", parent, done[parent] - 1) if done[parent] > 1 else None
                    adjoints[parent] = came if before is None else adjoints[parent] + came
                    sum_so_far = Quantity("partial", parent, done[parent])
                    numbers[sum_so_far] = adjoints[parent]
                    if done[parent] == len(uses):
                        numbers[Quantity("adjoint", parent)] = adjoints[parent]
                    add("accumulate", parent, (child, argument), before, sum_so_far, (after,))
        inputs = tuple(p for p in range(len(self.cards)) if p not in into)
        cards = tuple(
            Card(
                **card,
                role="output" if card["position"] == output else "input" if card["position"] in inputs else "inner",
                reached=card["position"] in reached,
                uses=len(out.get(card["position"], ())),
            )
            for card in self.cards
        )
        edges = tuple(Edge(c, a, p, f(label), kind) for c, a, p, label, kind, _, _ in self.edges)
        return Story(cards, edges, tuple(steps), numbers, inputs, output, f(title))


def sine(x: float = 0.6) -> Story:
    """Sin at a point."""
    t = Teller()
    a = t.node("x", x)
    t.node("f = sin x", math.sin(x), [(a, "× cos x", "local", math.cos(x), None)])
    return t.tell("f(x) = sin x")


def log_sine(x: float = 2.0) -> Story:
    """log(x²)·sin x + 1/x: fan-out of three."""
    t = Teller()
    x0 = t.node("x", x)
    v1 = t.node("v_1 = x^2", x * x, [(x0, "× 2x", "local", 2 * x, None)])
    with np.errstate(all="ignore"):
        log, inverse, reciprocal = float(np.log(x * x)), float(np.float64(1) / (x * x)), float(np.float64(1) / x)
    t.values[v1] = x * x
    a = t.node("a = log v_1", log, [(v1, "× 1/v_1", "local", inverse, None)])
    v3 = t.node("v_3 = sin x", math.sin(x), [(x0, "× cos x", "local", math.cos(x), None)])
    v4 = t.node(
        "v_4 = a · v_3",
        log * math.sin(x),
        [(a, "× v_3", "local", math.sin(x), None), (v3, "× a", "local", log, None)],
    )
    v5 = t.node("v_5 = 1/x", reciprocal, [(x0, f"× ({MINUS}1/x^2)", "local", -reciprocal * reciprocal, None)])
    t.node(
        "f = v_4 + v_5",
        log * math.sin(x) + reciprocal,
        [(v4, "× 1", "literal", 1.0, None), (v5, "× 1", "literal", 1.0, None)],
    )
    return t.tell("f(x) = log(x^2) · sin x + 1/x")


def dot(x: Any = (0.0, 1.0, 2.0, 3.0)) -> Story:
    """2 xᵀx on a short vector."""
    x = np.asarray(x, dtype=float)
    t = Teller()
    x0 = t.node("x", x)
    v1 = t.node("v_1 = xᵀx", float(x @ x), [(x0, "× x", "local", x, None), (x0, "× x", "local", x, None)])
    t.node("f = 2 v_1", 2 * float(x @ x), [(v1, "× 2", "literal", 2.0, None)])
    return t.tell("f(x) = 2 xᵀx")


def network(rows: int = 64, inner: int = 128, columns: int = 256) -> Story:
    """One layer on matrices too large for cells."""
    t = Teller()
    i, j = np.mgrid[0:rows, 0:inner]
    data = np.sin(i / 7.0 + j / 11.0) * np.exp(-i / 60.0) * 1.3
    a, b = np.mgrid[0:inner, 0:columns]
    weights = np.where(np.abs(a * columns / inner - b) < 9, 0.25, 0.0) - 0.02 * np.cos(b / 9.0)
    bias = 0.9 * np.sin(np.arange(columns) / columns * 4 * np.pi)
    x, w = t.node("X", data), t.node("W", weights)
    bb = t.node("b", bias)
    v3 = t.node(
        "v_3 = X @ W",
        data @ weights,
        [(x, "· Wᵀ", "rule", None, lambda g: g @ weights.T), (w, "Xᵀ ·", "rule", None, lambda g: data.T @ g)],
    )
    z = t.node(
        "z = v_3 + b",
        data @ weights + bias,
        [(v3, "× 1", "literal", 1.0, None), (bb, "Σ rows", "literal", None, lambda g: g.sum(axis=0))],
    )
    h_value = np.tanh(data @ weights + bias)
    h = t.node("h = tanh z", h_value, [(z, f"⊙ 1{MINUS}h^2", "local", 1 - h_value**2, None)])
    n = h_value.size
    t.node("loss = mean h^2", float((h_value**2).mean()), [(h, f"⊙ 2h/{n}", "local", 2 * h_value / n, None)])
    return t.tell("loss(X, W, b)")


def not_a_number() -> Story:
    """The logarithm of a negative number, and what follows."""
    t = Teller()
    x = t.node("x", -1.0)
    v = t.node("v_1 = log x", math.nan, [(x, "× 1/x", "local", math.inf, None)])
    w = t.node("w = 0 · v_1", math.nan, [(v, "× 0", "literal", 0.0, None)])
    t.node("f = v_1 · w", math.nan, [(v, "× w", "local", math.nan, None), (w, "× v_1", "local", -math.inf, None)])
    return t.tell("f(x)")


def bad_array() -> Story:
    """NaN and infinity inside arrays."""
    values = np.linspace(-1.0, 1.0, 300)
    values[40] = math.nan
    values[200] = math.inf
    t = Teller()
    x = t.node("x", values)
    small = t.node("s = x[:4]", np.array([0.5, math.nan, 0.0, -1.25]), [(x, "scatter", "rule", None, lambda g: values)])
    t.node("f = sum s", math.nan, [(small, "× 1", "literal", 1.0, None)])
    return t.tell("f(x)")


def detached() -> Story:
    """A detached node and a dead branch."""
    t = Teller()
    x = t.node("x", 2.0)
    d = t.node("d = detach x", 2.0, [(x, "", "cut", None, None)], detached=True)
    t.node("u = exp x", math.exp(2.0), [(x, "× exp x", "local", math.exp(2.0), None)])
    t.node("f = d · x", 4.0, [(d, "× x", "local", 2.0, None), (x, "× d", "local", 2.0, None)])
    return t.tell("f(x)")


def constant() -> Story:
    """An output that does not depend on the input."""
    t = Teller()
    t.node("x", -1.0)
    t.node("c = 0", 0.0)
    return t.tell("f(x) = 0", dead=True)


def fan_out(uses: int = 6, x: float = 1.1) -> Story:
    """X multiplied by itself again and again."""
    t = Teller()
    x0 = t.node("x", x)
    total = t.node("v_1 = x · x", x * x, [(x0, "× x", "local", x, None), (x0, "× x", "local", x, None)])
    value = x * x
    for use in range(uses - 2):
        name = f"v_{use + 2}" if use < uses - 3 else "f"
        previous, value = value, value * x
        total = t.node(
            f"{name} = v_{use + 1} · x",
            value,
            [(total, "× x", "local", x, None), (x0, f"× v_{use + 1}", "local", previous, None)],
        )
    return t.tell(f"f(x) = x^{uses}")


def zero(x: float = 0.0) -> Story:
    """A rectifier at its kink: exact zeros."""
    t = Teller()
    x0 = t.node("x", x)
    v = t.node("v_1 = max(x, 0)", max(x, 0.0), [(x0, "× step", "local", float(x > 0), None)])
    t.node("f = v_1^2", max(x, 0.0) ** 2, [(v, "× 2v_1", "local", 2 * max(x, 0.0), None)])
    return t.tell("f(x) = max(x, 0)^2")


def named(name: str) -> Story:
    """A name wherever a name can stand."""
    t = Teller()
    symbol = Formula((Run(name, italic=True),))
    x = t.node(symbol, 0.5, symbol=symbol)
    title = Formula((Run(name, italic=True), Run(" = sin "), Run(name, italic=True)))
    y = t.node(title, 0.25, [(x, f"× {name[:40]}", "local", 1e-17, None)], symbol=symbol, short=title)
    t.node(title, 0.25, [(x, "× 1", "literal", 1.0, None), (y, "× 1", "literal", 1.0, None)], symbol=symbol)
    return t.tell(name[:300])


def wide_numbers() -> Story:
    """Numbers of thirteen characters."""
    t = Teller()
    x = t.node("x", -1.23456e-300)
    v = t.node("v_1 = x · x", -0.00123456, [(x, "× x", "local", -1.23456e-300, None),
                                           (x, "× x", "local", -9876543.2, None)])  # fmt: skip
    t.node("f = sin v_1", -1234567.8, [(v, "× cos v_1", "local", -0.00123456, None)])
    return t.tell("f(x)")


def chain(length: int) -> Story:
    """A long chain."""
    t = Teller()
    node = t.node("x", 0.5)
    for number in range(1, length):
        node = t.node(f"v_{number} = sin v_{number - 1}", 0.5, [(node, "× cos", "local", 0.9, None)])
    return t.tell("chain")


def diamond(width: int) -> Story:
    """A wide fan-out that is summed again."""
    t = Teller()
    x = t.node("x", 0.5)
    middle = [t.node(f"v_{k} = sin x", 0.5, [(x, "× cos x", "local", 0.9, None)]) for k in range(1, width + 1)]
    t.node("f = sum", 1.0, [(m, "× 1", "literal", 1.0, None) for m in middle])
    return t.tell("diamond")


HOSTILE = (
    "<script>alert(1)</script>",
    '"]; evil [',
    "\\N",
    "</svg>",
    "a\x00b",
    "x" * 20_000,
    "<" * 20_000,
    "javascript:alert(1)",
    "&lt;&amp;]]>",
    "<!--",
    "%s{0}\\",
    "\u202eevil\u202c",
    "日本語の名前",
    "🙂🙃",
    "\ud800",
    "line\nbreak",
    "v̄",
    "<b>x</b>",
)

STORIES = {
    "sine": sine,
    "log_sine": log_sine,
    "dot": dot,
    "network": network,
    "not_a_number": not_a_number,
    "bad_array": bad_array,
    "detached": detached,
    "constant": constant,
    "fan_out": fan_out,
    "zero": zero,
    "wide_numbers": wide_numbers,
    "diamond": lambda: diamond(7),
    "name": lambda: named("temperature"),
}
