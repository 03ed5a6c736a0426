"""Random programs that write: into arrays, views, views of views, by every statement and function that writes."""

from __future__ import annotations

import numpy as np

BASIC = ("0", "-1", "1:", ":2", "::2", "::-1", "...", "None", ":, 0", "0, 1:", ":, ::-1", "1, 0", ":, None, 1:")
FANCY = ("[0, 1]", "[1, 1]", "[[0, 1], [1, 0]]", "[0, 1], [1, 0]", "[1, 1], [0, 0]", ":, [0, 1]", "MASK({0})")
VIEWS = (
    *("{0}.T", "{0}.reshape(-1)", "np.reshape({0}, (-1, 1))", "np.transpose({0})", "{0}.reshape({1})"),
    *("{0}.ravel()", "np.ravel({0}, 'F')", "{0}.reshape(-1, order='F')", "np.reshape({0}, {1}, order='A')"),
    *("{0}.swapaxes(0, -1)", "np.moveaxis({0}, 0, -1)", "np.expand_dims({0}, (0, 2))", "np.squeeze({0})"),
    *("{0}.squeeze()", "np.flip({0})", "np.flip({0}, 0)", "np.rot90({0})", "np.rot90({0}, 2)", "np.flipud({0})"),
    *("np.fliplr({0})", "{0}.diagonal()", "np.diag({0})", "np.atleast_1d({0})", "np.atleast_2d({0})"),
    *("np.atleast_3d({0})", "np.rollaxis({0}, -1)", "np.split({0}, 2)[1]", "np.array_split({0}, 2, axis=-1)[0]"),
    *("{0}.flatten()", "{0}.astype(float)", "{0}.astype(float, copy=False)"),
    *("np.atleast_2d(x, {0})[1]", "np.vsplit({0}, 2)[0]", "np.unstack({0})[1]", "np.tile({0}, 2)", "np.take({0}, [0])"),
)
VALUES = (
    "np.sin({0})",
    "{0} * {0}",
    "{0} * 1.5",
    "{0}.sum()",
    "x[0] * x[1]",
    "0.5",
    "{0}",
    "2 * {0} - 1",
    "np.copy({0})",
)
OPERATORS = ("+=", "-=", "*=", "/=")
MAKERS = ("np.zeros_like({0})", "np.ones_like({0})", "np.full_like({0}, 0.25)", "{0} * 2", "{0}.copy()", "np.tanh({0})")


class Program:
    """Statements that are run on NumPy's arrays or on recorded ones; those at which NumPy raises are left out.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.x = self.random.uniform(0.5, 1.5, (3, 2) if seed % 2 else (2, 2))
        self.lines = []
        names = {"x": self.x}
        scope = self.scope(self.x)
        for _ in range(int(self.random.integers(4, 14))):
            for _ in range(20):
                line = self.statement([name for name in names if name != "x"])
                if ".at(" in line and not scope[line.partition("(")[2].partition(",")[0]].flags.writeable:
                    continue  # where NumPy writes all the same
                saved = {name: np.array(value) for name, value in scope.items() if isinstance(value, np.ndarray)}
                try:
                    with np.errstate(all="ignore"):
                        exec(line, scope)
                except (ValueError, IndexError, TypeError, np.exceptions.AxisError):
                    for name, value in saved.items():
                        if scope[name].flags.writeable:
                            scope[name][...] = value
                    continue
                if any(isinstance(value, np.ndarray) and value.ndim == 0 for value in scope.values()):
                    scope.pop(f"v{len(self.lines)}")  # a view of one entry is a number here
                    continue
                self.lines.append(line)
                names = {name: value for name, value in scope.items() if isinstance(value, np.ndarray)}
                break
        self.names = [name for name in names if name != "x"]

    def pick(self, options):
        """Choose one of several."""
        return options[self.random.integers(len(options))]

    def statement(self, names):
        """Return a statement that makes, views, writes or reads."""
        any_name = self.pick([*names, "x"])
        value = self.pick(VALUES).format(self.pick([*names, "x"]))
        kind = self.random.random()
        new = f"v{len(self.lines)}"
        index = self.pick(BASIC if self.random.random() < 0.7 else FANCY)
        if not names or kind < 0.15:
            return f"{new} = {self.pick(MAKERS).format(any_name)}"
        name = self.pick(names)
        index = index.format(name)
        if kind < 0.35:
            view = self.pick(VIEWS).format(name, self.pick(["(2, -1)", "(-1, 2)", "-1"]))
            return f"{new} = {name}[{index}]" if self.random.random() < 0.6 else f"{new} = {view}"
        if kind < 0.65:
            return f"{name}[{index}] = {value}"
        if kind < 0.8:
            return f"{name}[{index}] {self.pick(OPERATORS)} {value}"
        if kind < 0.9:
            return f"{name} {self.pick(OPERATORS)} {value}"
        return self.pick(
            [
                f"np.add.at({name}, np.s_[{index}], np.sin({name}[{index}]))",
                f"np.subtract.at({name}, [0, 0], np.sin({name}[0]))",
                f"np.put({name}, [0, -1], np.copy({value}))",
                f"np.place({name}, MASK({name}), np.copy({value}))",
                f"np.fill_diagonal({name}, {value})",
                f"np.copyto({name}, {value})",
                f"np.copyto({name}, {value}, where=MASK({name}))",
                f"np.multiply({name}, 1.5, out={name})",
                f"np.sin({any_name}, out={name})",
                f"{name}.fill(0.75)",
            ]
        )

    @staticmethod
    def scope(x):
        """Return the names that a program starts with."""
        return {"np": np, "x": x, "MASK": lambda a: np.arange(a.size).reshape(a.shape) % 2 == 0}

    def __call__(self, x):
        """Run it; return the numbers of all arrays, weighted and summed."""
        scope = self.scope(x)
        exec("\n".join(self.lines), scope)
        self.arrays = {name: scope[name] for name in self.names}
        total = 0.0
        for k, name in enumerate(self.names):
            value = scope[name]
            total = total + np.sum(value * np.cos(np.arange(value.size) + k).reshape(value.shape))
        return total

    def __str__(self):
        return "\n".join(self.lines)
