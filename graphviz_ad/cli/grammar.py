"""The grammar of formulas: what may stand in one, and the sentence for everything else.

A formula is parsed with `ast` and walked once. What is on the list here (arithmetic, comparisons, NumPy's
mathematical functions, pi, e, inf and nan) is rebuilt node by node; anything else is refused with its column.
"""

from __future__ import annotations

import ast
import copy
import difflib
import itertools
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeVar

import numpy as np

import graphviz_ad.engine.rules  # noqa: F401  (fills the registry)
from graphviz_ad.engine.primitive import UFUNCS
from graphviz_ad.errors import InputError

__all__ = ["CONSTANTS", "FUNCTIONS", "ExpressionError", "Reader"]

_Node = TypeVar("_Node", bound=ast.expr)


_OTHER_FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "where": (np.where, 3),
    "clip": (np.clip, 3),
    "round": (np.round, 1),
    "sinc": (np.sinc, 1),
}


class _Functions(Mapping[str, tuple[Callable[..., Any], int]]):
    """The functions a formula may call, read from the registry each time, so that one's own primitives are among them.

    They are the elementwise primitives, less those that are written with a sign, and a few that are no ufuncs.
    """

    def __getitem__(self, name: str) -> tuple[Callable[..., Any], int]:
        return self._now()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> dict[str, tuple[Callable[..., Any], int]]:
        functions: dict[str, tuple[Callable[..., Any], int]] = {}
        for ufunc, primitive in UFUNCS.items():
            name = primitive.operator or primitive.name
            if primitive.elementwise and ufunc not in _WITH_SIGNS and name.isidentifier():
                functions[name] = ufunc, len(primitive.partials)
        return functions | _OTHER_FUNCTIONS


FUNCTIONS: Mapping[str, tuple[Callable[..., Any], int]] = _Functions()
"""The functions a formula may call: name -> (NumPy function, number of arguments)."""

CONSTANTS: Mapping[str, float] = types.MappingProxyType(
    {"pi": np.pi, "π": np.pi, "e": np.e, "inf": np.inf, "nan": np.nan}
)
"""The names that stand for a number."""

# What people write elsewhere for the functions above; anything closer in spelling is found by difflib.
# fmt: off
_OTHER_NAMES = {
    "ln": "log", "lg": "log10", "ld": "log2", "tg": "tan", "sh": "sinh", "ch": "cosh", "th": "tanh",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh",
    "atanh": "arctanh", "arctg": "arctan", "atan2": "arctan2", "sqr": "square",
    "max": "maximum", "min": "minimum", "absolute": "abs", "root": "sqrt",
    "iif": "where", "select": "where",
}
# fmt: on

_ARITHMETIC: Mapping[type[ast.operator], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.remainder,
    ast.Pow: np.power,
}
_SIGNS: Mapping[type[ast.unaryop], Callable[..., Any]] = {ast.UAdd: np.positive, ast.USub: np.negative}
_WITH_SIGNS = frozenset([*_ARITHMETIC.values(), *_SIGNS.values()])
_COMPARISONS: Mapping[type[ast.cmpop], Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}

# Why a piece of Python is not part of a formula, and what to write instead.
_REFUSED: Mapping[type[ast.AST], str] = {
    ast.Attribute: "a dot after a name or call is not allowed; write sin(x), not np.sin(x)",
    ast.Subscript: "indexing with [ ] is not part of a formula",
    ast.Lambda: "lambda is not part of a formula; write only what it would return",
    ast.IfExp: "if is not part of a formula; write where(condition, value, other)",
    ast.BoolOp: "and/or are not part of a formula; multiply the comparisons, as in (x > 0)*(x < 1)",
    ast.JoinedStr: "text in quotes is not part of a formula",
    ast.ListComp: "a comprehension is not part of a formula",
    ast.SetComp: "a comprehension is not part of a formula",
    ast.DictComp: "a comprehension is not part of a formula",
    ast.GeneratorExp: "a comprehension is not part of a formula",
    ast.NamedExpr: "assigning with := is not part of a formula",
    ast.Tuple: "a comma may only stand between the arguments of a function; a decimal point is written .",
    ast.List: "a list is not part of a formula",
    ast.Set: "braces are not part of a formula",
    ast.Dict: "braces are not part of a formula",
}
_OPERATOR_HINTS: Mapping[type[ast.AST], str] = {
    ast.BitXor: "^ is not a power here; write **",
    ast.MatMult: "@ multiplies matrices; between numbers write *",
    ast.BitAnd: "& is not part of a formula; multiply the comparisons, as in (x > 0)*(x < 1)",
    ast.BitOr: "| is not part of a formula; use maximum on the comparisons",
    ast.Invert: "~ is not part of a formula",
    ast.Not: "not is not part of a formula; turn the comparison round",
}
# fmt: off
_STATEMENTS = frozenset({
    "assert", "async", "class", "def", "del", "for", "from", "global", "if", "import", "nonlocal", "raise", "return",
    "try", "while", "with", "yield",
})
_CHARACTER_HINTS = {
    "−": "the minus sign is written -", "–": "the minus sign is written -", "×": "times is written *",
    "·": "times is written *", "⋅": "times is written *", "÷": "divided by is written /",
    "²": "squared is written **2", "³": "cubed is written **3", "√": "the square root is written sqrt(x)",
    "≤": "this is written <=", "≥": "this is written >=", "≠": "this is written !=",
    "=": "write only the right-hand side of the formula; a comparison is written ==",
    "#": "comments are not part of a formula", "\\": "a backslash is not part of a formula",
    "'": "text in quotes is not part of a formula", '"': "text in quotes is not part of a formula",
    "|": "the absolute value is written abs(x)", "!": "! is not part of a formula",
    "[": "indexing with [ ] is not part of a formula", "{": "braces are not part of a formula",
    ";": "one formula at a time: ; is not part of it", "$": "$ is not part of a formula",
}
# fmt: on

_LONGEST = 2000  # characters
_DEEPEST = 200  # operations inside one another: far more than a picture can show, far less than a stack can bear
_TOO_DEEP = f"too deeply nested: at most {_DEEPEST} operations may stand inside one another"


class ExpressionError(InputError):
    """A formula that cannot be read: says at which column, why, and what to write instead.

    Attributes
    ----------
    text : str
        The formula.
    column : int
        Where the trouble is, counted from 1.
    sentence : str
        What is wrong, without the column and the picture of the line.

    Examples
    --------
    >>> from graphviz_ad.cli.expression import parse
    >>> parse("1 + sine(x)")
    Traceback (most recent call last):
        ...
    graphviz_ad.cli.grammar.ExpressionError: column 5: there is no function 'sine'; did you mean sin?
        1 + sine(x)
            ^
    """

    def __init__(self, sentence: str, text: str, column: int) -> None:
        self.text = text
        self.column = column
        self.sentence = sentence
        super().__init__(f"column {column}: {sentence}\n{_pointer(text, column)}")


def _pointer(text: str, column: int, width: int = 72) -> str:
    """Return the line and, under it, a caret; a long line is cut to the neighbourhood of the column."""
    first = max(0, min(column - 1 - width // 2, len(text) - width))
    shown = "".join(c if c.isprintable() else "�" for c in text[first : first + width])
    return f"    {shown}\n    {' ' * (column - 1 - first)}^"


class Reader:
    """Walks the parsed text once, refusing what is not on the list and rebuilding what is.

    Whatever has no variable in it is computed on the way with NumPy, so that no operation between two plain
    Python floats is left, which could raise ZeroDivisionError or OverflowError instead of giving inf.
    """

    def __init__(self, text: str, whole: str | None = None, offset: int = 0) -> None:
        self.whole = text if whole is None else whole
        if len(text) > _LONGEST:
            raise ExpressionError(f"longer than {_LONGEST} characters", self.whole, offset + _LONGEST + 1)
        if not text.strip():
            raise ExpressionError("there is no formula here; write for example sin(x)", self.whole, offset + 1)
        spaced = "".join(" " if c in "\t\r\n" else c for c in text)
        self.source = spaced.strip(" ")
        self.offset = offset + len(spaced) - len(spaced.lstrip(" "))
        self.variables: dict[str, int] = {}  # name -> column where it first appears
        self.depth = 0
        self.temporaries = itertools.count(1)
        self._refuse_characters()
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # Python's remarks on style, such as `1if`
                self.value = self.number(ast.parse(self.source, mode="eval").body)
        except SyntaxError as error:
            raise self._explained(error) from None
        except (RecursionError, MemoryError):
            raise ExpressionError(_TOO_DEEP, self.whole, self.offset + 1) from None

    # -- what is refused ----------------------------------------------------------------------------------

    def _refuse_characters(self) -> None:
        """Refuse what Python's parser would skip, choke on, or join lines with."""
        for position, character in enumerate(self.source):
            if character in "#\\":
                reason = _CHARACTER_HINTS[character]
            elif not character.isprintable():
                reason = f"the character U+{ord(character):04X} is not part of a formula"
            else:
                continue
            raise ExpressionError(reason, self.whole, self.offset + position + 1)

    def _explained(self, error: SyntaxError) -> ExpressionError:
        """Say in this module's words what Python's parser found."""
        message, position = error.msg or "", (error.offset or len(self.source) + 1) - 1
        position = min(max(position, 0), len(self.source))
        if "invalid" in message:
            # Some versions of Python point at the literal before the character that they stumbled over.
            near = range(position, min(position + 3, len(self.source)))
            position = next((place for place in near if self.source[place] in _CHARACTER_HINTS), position)
        here = self.source[position : position + 1]
        if "too many nested" in message:
            reason = _TOO_DEEP
        elif "was never closed" in message:
            reason = f"this {here} is never closed"
        elif message.startswith("unmatched"):
            reason = f"no parenthesis is open that this {here} could close"
        elif "does not match opening" in message:
            reason = f"this {here} closes another kind of bracket than was opened"
        elif here in _CHARACTER_HINTS and here:
            reason = _CHARACTER_HINTS[here]
        elif "leading zeros" in message:
            reason = "a number must not begin with a zero followed by digits"
        elif self.source.split(maxsplit=1)[0] in _STATEMENTS:
            reason = f"a statement ({self.source.split()[0]}) is not part of a formula; write only what is computed"
            position = len(self.source) - len(self.source.lstrip())
        elif "invalid decimal literal" in message or self._follows_a_value(position):
            reason = "an operator is missing here; a product is written with *, a call with ( )"
        elif not here:
            reason = "the formula ends too early"
        else:
            reason = f"{here!r} is not expected here"
        return ExpressionError(reason, self.whole, self.offset + position + 1)

    def _follows_a_value(self, position: int) -> bool:
        before, here = self.source[:position].rstrip(), self.source[position : position + 1]
        return bool(before) and (before[-1].isalnum() or before[-1] == ")") and (here.isalnum() or here in "(.")

    def column(self, node: ast.expr) -> int:
        """Return the column of the node in the text as given, counted from 1 in characters."""
        return self.offset + len(self.source.encode()[: node.col_offset].decode()) + 1

    def operator_column(self, node: ast.BinOp | ast.UnaryOp) -> int:
        """Return the column of the operator itself: what stands between the operands, parentheses aside."""
        if isinstance(node, ast.UnaryOp):
            return self.column(node)
        gap = self.source.encode()[node.left.end_col_offset : node.right.col_offset].decode()
        before = self.source.encode()[: node.left.end_col_offset].decode()
        return self.offset + len(before) + len(gap) - len(gap.lstrip(" )")) + 1

    def refuse(self, node: ast.expr, sentence: str) -> NoReturn:
        """Raise, pointing at the node."""
        raise ExpressionError(sentence, self.whole, self.column(node))

    # -- what is rebuilt ----------------------------------------------------------------------------------

    def number(self, node: ast.expr) -> ast.expr:
        """Return the node rebuilt as something that gives a number."""
        self.depth += 1
        if self.depth > _DEEPEST:
            self.refuse(node, _TOO_DEEP)
        try:
            match node:
                case ast.Constant():
                    return self._literal(node)
                case ast.Name():
                    return self._name(node)
                case ast.UnaryOp(op=sign) if type(sign) in _SIGNS:
                    return _folded(node, _SIGNS[type(sign)], self._signed(node))
                case ast.BinOp(op=operator) if type(operator) in _ARITHMETIC:
                    both = ast.BinOp(self.number(node.left), operator, self.number(node.right))
                    return _folded(node, _ARITHMETIC[type(operator)], both)
                case ast.Compare():
                    # NumPy adds booleans as "or" and will not subtract them: a comparison counts as a float.
                    call = ast.Call(_placed(ast.Name("_number", ast.Load()), node), [self.condition(node)], [])
                    return _folded(node, float, _placed(call, node))
                case ast.Call():
                    return self._call(node)
                case ast.BinOp(op=operator) | ast.UnaryOp(op=operator):
                    reason = _OPERATOR_HINTS.get(type(operator), "this operator is not part of a formula")
                    raise ExpressionError(reason, self.whole, self.operator_column(node))
                case _:
                    self.refuse(node, _REFUSED.get(type(node), "this is not part of a formula"))
        finally:
            self.depth -= 1

    def condition(self, node: ast.expr) -> ast.expr:
        """Return the node rebuilt as something that gives booleans, elementwise also where it is chained."""
        if not isinstance(node, ast.Compare):
            return _folded(
                node, np.not_equal, ast.Compare(self.number(node), [ast.NotEq()], [_placed(ast.Constant(0.0), node)])
            )
        left, result = self.number(node.left), None
        for position, (operator, right_node) in enumerate(zip(node.ops, node.comparators, strict=True)):
            if type(operator) not in _COMPARISONS:
                self.refuse(right_node, "compare with < <= > >= == or !=")
            right = self.number(right_node)
            is_last = position == len(node.ops) - 1
            shared = copy.copy(right)  # each node stands once in the tree: positions are moved in place
            if not is_last and not isinstance(right, ast.Constant | ast.Name):
                # 0 < g(x) < 1 must compute g(x), and record it, once; no name a user may write begins with _
                name = f"_{next(self.temporaries)}"
                shared = _placed(ast.Name(name, ast.Load()), right_node)
                right = _placed(ast.NamedExpr(_placed(ast.Name(name, ast.Store()), right_node), right), right_node)
            pair = _folded(node, _COMPARISONS[type(operator)], ast.Compare(left, [operator], [right]))
            result = pair if result is None else _folded(node, np.logical_and, ast.BinOp(result, ast.BitAnd(), pair))
            left = shared
        assert result is not None
        return result

    def _signed(self, node: ast.UnaryOp) -> ast.UnaryOp:
        return ast.UnaryOp(node.op, self.number(node.operand))

    def _literal(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            kind = "text in quotes" if isinstance(node.value, str | bytes) else str(node.value)
            if isinstance(node.value, complex):
                kind = "an imaginary number"
            self.refuse(node, f"{kind} is not part of a formula")
        try:
            value = float(node.value)
        except OverflowError:  # an integer of more than 308 digits
            value = np.inf
        return _placed(ast.Constant(value), node)

    def _name(self, node: ast.Name) -> ast.expr:
        if node.id in CONSTANTS:
            return _placed(ast.Constant(CONSTANTS[node.id]), node)
        if node.id in FUNCTIONS:
            arguments = ", ".join("xyz"[: FUNCTIONS[node.id][1]])
            self.refuse(node, f"{node.id} is a function; write {node.id}({arguments})")
        if node.id.startswith("_"):
            self.refuse(node, f"the name {_short(node.id)} begins with an underscore; a variable begins with a letter")
        self.variables.setdefault(node.id, self.column(node))
        return _placed(ast.Name(node.id, ast.Load()), node)

    def _call(self, node: ast.Call) -> ast.expr:
        if not isinstance(node.func, ast.Name):
            if isinstance(node.func, ast.Attribute):
                self.refuse(node.func, _REFUSED[ast.Attribute])
            if isinstance(node.func, ast.Call):
                self.refuse(node, "what a function returns cannot be called; a product is written with *")
            self.refuse(node, "only a function can be called; a product is written with *")
        name = node.func.id
        if name not in FUNCTIONS:
            self.refuse(node, self._no_function(name))
        if node.keywords:
            self.refuse(node.keywords[0].value, f"{name} takes its arguments without names")
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                self.refuse(argument, "a starred argument is not part of a formula")
        function, wanted = FUNCTIONS[name]
        if len(node.args) != wanted:
            plural = "argument" if wanted == 1 else "arguments"
            self.refuse(node, f"{name} takes {wanted} {plural}, not {len(node.args)}")
        first = self.condition(node.args[0]) if name == "where" else self.number(node.args[0])
        arguments = [first, *map(self.number, node.args[1:])]
        return _folded(node, function, ast.Call(_placed(ast.Name(name, ast.Load()), node.func), arguments, []))

    def _no_function(self, name: str) -> str:
        known = _OTHER_NAMES.get(name.lower())
        close = [known] if known else difflib.get_close_matches(name.lower(), FUNCTIONS, n=1)
        sentence = f"there is no function {_short(name)}"
        if name == "pow":
            return f"{sentence}; a power is written x**y"
        if close:
            return f"{sentence}; did you mean {close[0]}?"
        if len(name) == 1 or name in self.variables or name in CONSTANTS:
            return f"{sentence}; a product is written {name}*(...)"
        return f"{sentence}; there are {', '.join(FUNCTIONS)}"


def _short(name: str) -> str:
    return repr(name if len(name) <= 40 else name[:39] + "…")


def _placed(node: _Node, like: ast.expr) -> _Node:
    return ast.copy_location(node, like)


def _folded(like: ast.expr, function: Callable[..., Any], node: ast.expr) -> ast.expr:
    """Return the operation, placed where `like` stands; or its value, if all its operands are constants."""
    match node:
        case ast.UnaryOp():
            operands = [node.operand]
        case ast.BinOp():
            operands = [node.left, node.right]
        case ast.Compare():
            operands = [node.left, *node.comparators]
        case ast.Call():
            operands = node.args
    values = [operand.value for operand in operands if isinstance(operand, ast.Constant)]
    if len(values) < len(operands):
        return _placed(node, like)
    result = function(*values)
    return _placed(ast.Constant(bool(result) if np.asarray(result).dtype == bool else float(result)), like)
