"""Trace: one recorded computation as a person holds it, and the two ways to get one: trace() and record()."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from os import PathLike
from typing import TYPE_CHECKING, Any, Never

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.recording import Recording, function_name
from graphviz_ad.errors import GraphvizAdError, InputError, refuse_unknown
from graphviz_ad.offering import offering

if TYPE_CHECKING:
    import graphviz

    from graphviz_ad.costing import Cost
    from graphviz_ad.diagnosing import Report
    from graphviz_ad.explaining import Paths
    from graphviz_ad.formulas.equations import Equations
    from graphviz_ad.story.steps import Step, Story
    from graphviz_ad.story.telling import Teller

# What tells and draws is imported when it is first used, so that recording and differentiating stay quick to import.

__all__ = ["Trace", "check", "formula", "record", "trace"]

# What a trace may be asked when it is saved.
_SAVED = (
    "step",
    "theme",
    "width",
    "smallest",
    "around",
    "legend",
    "scale",
    "print",
    "limit",
    "mode",
    "tangents",
    "detail",
    "reveal",
    "quiz",
    "presentation",
)


@prints
class Trace(Recording):
    """The nodes of one computation in execution order, with its inputs, its output and the comparisons it met.

    Made by `trace` and `record`. In a notebook it shows itself as a picture.

    Attributes
    ----------
    name : str
        What the output is called in pictures: the function's name, or ``"f"``.
    function : callable or None
        What was traced, if it was `trace` that made it.
    """

    _teller: tuple[object, Teller] | None = None
    _remarked: tuple[Teller, Story] | None = None

    @property
    def teller(self) -> Teller:
        """Whoever tells the story of this trace: made once, and anew when more was recorded or something released."""
        from graphviz_ad.story.telling import Teller

        if self._teller is None or self._teller[0] != self.state:
            self._teller = self.state, Teller(self.as_recording())
        return self._teller[1]

    @property
    def story(self) -> Story:
        """The whole story: nodes, edges, steps and numbers. It is told once, and read by whatever shows the trace.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> t = gad.trace(np.sin, 0.0)
        >>> len(t.story.nodes), len(t.story.steps), t.story is t.story
        (2, 4, True)
        """
        from graphviz_ad.story.placing import placed

        teller = self.teller
        if self._remarked is None or self._remarked[0] is not teller:
            self._remarked = teller, placed(teller.story, self.guards)
        return self._remarked[1]

    @public
    def steps(
        self, mode: str = "reverse", tangents: Any = None, detail: str = "standard", **unknown: Never
    ) -> tuple[Step, ...]:
        """Tell the story: one step for each value computed and each rule applied on the way back, or forward.

        Parameters
        ----------
        mode : {"reverse", "forward", "both"}
            Back from the output with adjoints, forward from the inputs with tangents, or forward and then back.
        tangents : array_like, tuple or dict, optional
            In forward mode, which way the inputs move; as for `forward`.
        detail : {"beginner", "standard", "expert"}
            How much each step says: in full words, with names and the reason, or as an equation.

        Raises
        ------
        InputError
            For another mode, an unknown detail, and for tangents in reverse mode.
        SeedError
            When there is no saying which way the inputs move, and for tangents that do not belong to them.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> for step in gad.trace(np.sin, 0.0).steps():
        ...     print(step)
        x is the input: 0.
        f is sin x: 0.
        Start at f with f̄ = 1: when f grows by 1, f grows by 1.
        Back through sin x: sin's slope is cos, so f̄ = 1 is multiplied by cos x = 1. x̄, the slope of f at this x, is 1.
        >>> for step in gad.trace(np.sin, 0.0).steps(mode="forward")[2:]:
        ...     print(step)
        Start at x: it moves at the speed 1.
        Push through sin x: sin's slope is cos, so ẋ = 1 is multiplied by cos x = 1. ḟ, the slope of f at this x, is 1.
        >>> print(gad.trace(np.sin, 0.0).steps(detail="expert")[-1])
        sin x: x̄ = f̄ · cos x = 1.
        """
        from graphviz_ad.story.levels import check_detail
        from graphviz_ad.story.modes import check_mode

        refuse_unknown("steps", unknown, ("mode", "tangents", "detail"))
        check_mode(mode, "steps", tangents)
        check_detail(detail, "steps")
        return self._told(mode, tangents).told_for(detail).steps

    def _told(self, mode: str, tangents: Any) -> Story:
        """Return the story in a mode; that of the way back is told once."""
        from graphviz_ad.story.modes import story_of
        from graphviz_ad.story.placing import placed

        if mode == "reverse":
            return self.story
        return placed(story_of(self.as_recording(), mode, tangents), self.guards)

    def formulas(self) -> Equations:
        """Return what each node is and what its adjoint is, as equations in execution order.

        They are written as text, LaTeX and MathML; a notebook shows them set.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> print(gad.trace(lambda X, w: np.sum((X @ w) ** 2), np.ones((3, 2)), np.ones(2)).formulas())
        X             X̄  = v̄₂ wᵀ
        w             w̄  = Xᵀ v̄₂
        v₂ = X @ w    v̄₂ = 2 v̄₃ ⊙ v₂
        v₃ = v₂²      v̄₃ = f̄ · 𝟙
        f  = Σ v₃     f̄  = 1
        """
        from graphviz_ad.story.equating import equations_of

        return equations_of(self.story)

    @public
    def check(self, **thresholds: float) -> Report:
        """Look for what is wrong with the gradient: where, why, and what cures it.

        Parameters
        ----------
        saturated, vanishing, exploding, cancellation, branch : float, optional
            From where on something is worth a finding: how small a slope, how small or large an adjoint, which relative
            error of a difference, and how near the two sides of a comparison. Unless given 1e-6, 1e-8, 1e8, 1e-7 and
            1e-8.

        Returns
        -------
        Report
            With ``.findings``, the most serious first, and ``.ok``; `print` it, or let a notebook show it.

        Raises
        ------
        UnknownKeywordError
            For another threshold.
        InputError
            For a threshold that is no number above 0, and when nothing has been recorded.
        ReleasedError
            When the graph was released by ``backward(retain_graph=False)``.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> t = gad.trace(np.sqrt, 0.0)
        >>> t.check().ok, [finding.kind for finding in t.check().findings]
        (False, ['inf-gradient'])
        """
        from graphviz_ad.diagnosing import report_on

        return report_on(self, thresholds)

    @public
    def why(self, x: Any, *, most: int = 10, schedule: str = "reverse", **unknown: Never) -> Paths:
        """Return the gradient by a node as the sum over all paths that lead from the output back to it.

        Each path gives the product of its local gradients (Bauer, "Computational graphs and rounding error", 1974). The
        widest are found without listing the others; between arrays, of more than 4,096 paths only the widest at each
        node are followed, which the result says.

        Parameters
        ----------
        x : Variable or str
            A node of the trace, or what it is called.
        most : int
            How many paths to list.
        schedule : {"reverse", "naive"}
            ``"naive"`` goes back depth first, too, on this very graph, and tells what that costs where each
            contribution is passed on at once, and what it breaks where each node passes on only once.

        Returns
        -------
        Paths
            `print` it, ``save`` it, or let a notebook show it: there a path is chosen in the table, and lit in the
            picture and in the code.

        Raises
        ------
        InputError
            For what is no node of the trace, for another schedule, and where the gradient is not finite.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> print(gad.trace(lambda x: x * np.sin(x), 2.0).why("x"))
        x̄ = 0.0770038 is small because its paths cancel: +0.909297 against −0.832294.
        Path A alone would give 0.909297.
        <BLANKLINE>
           way from f back to x  local gradients       is  share  lines
        A  f ▸ x                 sin x             0.9093   52 %  1
        B  f ▸ sin x ▸ x         x · cos x        −0.8323   48 %  1
           sum of both paths                        0.077
        <BLANKLINE>
        Reverse mode follows no path to its end: at each node it first adds what has
        come back, and then multiplies the sum once per edge. That takes 3
        multiplications and 1 addition; path by path it would take 3 and 1.
        """
        from graphviz_ad.explaining import paths_of

        refuse_unknown("why", unknown, ("most", "schedule"))
        return paths_of(self, x, most, schedule)

    @public
    def cost(self) -> Cost:
        """Return what this computation costs, what its derivatives would, and which mode to take.

        Operations are counted: of the function on its nodes, of a sweep on one that is made here with its rules
        recorded, so that each counts for the line it serves. Bytes are those of the numbers that are kept alive. Times
        are measured, as medians of several runs, of each operation and each rule alone and of one whole sweep; no run
        is begun after half a second.

        Returns
        -------
        Cost
            With ``.modes``, ``.lines``, ``.nodes``, ``.held`` and ``.verdict``; `print` it, ``save`` it, or let a
            notebook show it.

        Raises
        ------
        InputError
            When nothing has been recorded.
        ReleasedError
            When the graph was released by ``backward(retain_graph=False)``.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> print(gad.trace(lambda x: np.sum(np.sin(x) * x), np.ones(4)).cost().verdict)
        Take reverse mode: one sweep back gives the 4 derivatives with 31 operations, 2.8 times those of the function; \
forward mode would take 4 pushes and 103, 9.4 times those of the function.
        """
        from graphviz_ad.costing import cost_of

        return cost_of(self)

    @public
    def to_dot(self) -> graphviz.Digraph:
        """Return the trace as a `graphviz.Digraph` that draws itself without a system Graphviz."""
        from graphviz_ad.saving.dot import to_dot

        return to_dot(self.story)

    @public
    def save(
        self,
        path: str | PathLike[str],
        *,
        step: int | None = None,
        theme: str = "light",
        width: str | float | None = None,
        smallest: str | float | None = None,
        around: str | None = None,
        legend: bool = False,
        scale: float | None = None,
        print: str | None = None,
        limit: int | None = 150,  # draw's MAX_BOXES, which stands further right
        mode: str = "reverse",
        tangents: Any = None,
        detail: str = "standard",
        reveal: str = "all",
        quiz: bool = False,
        presentation: bool = False,
        **unknown: Never,
    ) -> None:
        """Write the picture to a file; the suffix says as what.

        ``.svg``, ``.png`` and ``.pdf`` are figures, ``.html`` is the player, ``.dot`` (or ``.gv``) is for Graphviz,
        ``.json`` the whole story for programs. The same trace gives the same file, on every machine.

        Parameters
        ----------
        path : path-like
            Written whole or not at all.
        step : int, optional
            Which step of the story, from 0; the finished picture unless given.
        theme : {"light", "dark", "high-contrast", "print"}
            ``"print"`` is grey, for figures only.
        width : str or number, optional
            How wide the figure is: ``"8.5cm"``, ``"84mm"``, ``"3.5in"``, ``"240pt"``, or a number of px, of which an
            inch has 96.
        smallest : str or number, optional
            How large the smallest type in the figure is at least, such as ``"6pt"``. Without `width` the figure becomes
            as large as that takes; with it, a width that is too small for it is an error.
        around : str, optional
            What the picture calls a node, such as ``"x"`` or ``"v3"``: the figure is cropped to it, what it is computed
            from, and what is computed from it.
        legend : bool
            Whether a key to the signs stands below the figure.
        scale : float, optional
            Of ``.png``: how many pixels a px has; 2 unless given.
        print : {"step", "strip"}, optional
            Of ``.html``: what its page prints, a figure of the step on screen, or all steps with their sentences.
        limit : int or None
            The most nodes to draw; None draws a graph of any size, which may take long.
        mode : {"reverse", "forward", "both"}
            Which story is shown: that of the adjoints, that of the tangents, or both beside each other.
        tangents : array_like, tuple or dict, optional
            In forward mode, which way the inputs move; as for `forward`.
        detail : {"beginner", "standard", "expert"}
            Of ``.html``: how much the steps say at first; the reader can choose another.
        reveal : {"all", "steps"}
            Of ``.html``: whether f and its derivative are shown at once, or each from the step on that finds it.
        quiz : bool
            Of ``.html``: whether the page asks for each number of the derivative before it shows it.
        presentation : bool
            Of ``.html``: whether everything is large enough for a projector.

        Raises
        ------
        InputError
            For an unknown suffix, theme, mode, step or node, and for an option that the format does not take.
        SizeError
            For more nodes than `limit`, and for more pixels than a picture should have.
        PathError
            When the file cannot be written there.

        Examples
        --------
        >>> import pathlib, tempfile, numpy as np, graphviz_ad as gad
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     gad.trace(np.sin, 0.5).save(pathlib.Path(folder, "sine.pdf"), width="8.5cm", theme="print", legend=True)
        """
        from graphviz_ad.saving.formats import save
        from graphviz_ad.saving.recorded import Recorded
        from graphviz_ad.story.asking.choosing import check_quiz
        from graphviz_ad.story.modes import check_mode

        refuse_unknown("save", unknown, _SAVED)
        check_mode(mode, "save", tangents)
        check_quiz(quiz, "save", mode)
        save(
            Recorded(self, lambda: self._told(mode, tangents)),
            path,
            step=step,
            theme=theme,
            width=width,
            smallest=smallest,
            around=around,
            legend=legend,
            scale=scale,
            print=print,
            limit=limit,
            detail=detail,
            reveal=reveal,
            quiz=quiz,
            presentation=presentation,
        )

    def __str__(self) -> str:
        from graphviz_ad.story.wengert import table

        return table(self.teller) if len(self) else repr(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from graphviz_ad.draw.scene import MAX_BOXES, check_size
        from graphviz_ad.films.stills import still
        from graphviz_ad.saving.display import mimebundle

        try:
            text = str(self)
        except GraphvizAdError as error:  # released: nothing can be told of it
            return {"text/plain": f"{self!r}\n\n{error}"}
        if not len(self):
            return {"text/plain": text}
        try:
            check_size(self, MAX_BOXES)
            return mimebundle(still(self, self.story), "auto", text)
        except GraphvizAdError as error:  # a very large trace, no Graphviz
            return {"text/plain": f"{text}\n\nNo picture: {error}"}


@public
@offering
def trace(f: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Trace:
    """Call ``f(*args, **kwargs)`` and record the computation.

    Floats and arrays of floats become inputs, named after the parameters; Variables are used as they are; integers,
    strings and other arguments are passed on unchanged.

    Parameters
    ----------
    f : callable
        Written with NumPy. Returns a single number or array.

    Returns
    -------
    Trace

    Raises
    ------
    InputError
        When no argument can be differentiated, or `f` returns something else than a number or an array.
    Exception
        What `f` raises; `post_mortem` shows what was recorded before.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0)
    >>> len(t.nodes), round(float(t.output.value), 6)
    (7, 1.760554)
    """
    return Trace.of_call(f, args, kwargs)


@public
@offering
def check(f: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Report:
    """Say what is wrong with the gradient of ``f(*args, **kwargs)``: where, why, and what cures it.

    The function is called once, differentiated, and looked through: for values and gradients that are not finite,
    gradients that are zero or do not arrive, slopes that are flat, numbers that lost their digits, shapes that grew,
    and corners. What it says is true for these arguments. NumPy's warnings are left to the report.

    Parameters
    ----------
    f : callable
        Written with NumPy; see `trace`. All keywords are its own: thresholds are those of `Trace.check`, as in
        ``gad.trace(f, x).check(vanishing=1e-12)``.

    Returns
    -------
    Report
        With ``.findings``, the most serious first, and ``.ok``; `print` it, or let a notebook show it.

    Raises
    ------
    InputError
        When no argument can be differentiated, or `f` returns something else than numbers and arrays. What `f` itself
        raises comes through.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> print(gad.check(np.log, 0.0).findings[0].title)
    −∞ is born in log x
    """
    from graphviz_ad.debugging.remarks import drawn
    from graphviz_ad.diagnosing import report_on
    from graphviz_ad.progress import patiently

    before = drawn(f, args)
    with patiently("check", f"{function_name(f)} runs") as progress:
        with np.errstate(all="ignore"):
            recorded = Trace.of_call(f, args, kwargs, who="check")
        progress.doing = f"looking through what {function_name(f)} did"
        return report_on(recorded, {}, draws=drawn(f, args) != before)


@public
def formula(f: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Equations:
    """Write a function and its derivatives by all inputs as formulas.

    The derivative is made of the same rules that numbers go through, and simplified only by what holds wherever it has
    a value. For arrays it is in matrix notation: vectors are columns, ᵀ is the transpose, ⊙ multiplies entry by entry,
    and 𝟙 is an array of ones. It is that of the branch, and of the shapes, that the arguments lead to. What has more
    than some 60 symbols, or an operation whose derivative has no short formula, is not written out, which it says.

    Parameters
    ----------
    f : callable
        Written with NumPy. Returns a single number.
    *args, **kwargs
        Where it is recorded; see `trace`.

    Returns
    -------
    Equations
        With ``.text``, ``.latex`` and ``.mathml``; `print` it, or let a notebook show it.

    Raises
    ------
    InputError, SeedError
        When no argument can be differentiated, or `f` returns no single number.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> print(gad.formula(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0))
    f(x)  = log(x²) · sin x + 1/x
    f′(x) = log(x²) · cos x − 1/x² + 2 · sin(x)/x
    >>> print(gad.formula(lambda x: 2 * x.T @ x, np.arange(4.0)))
    f(x)  = 2 xᵀx
    ∂f/∂x = 4x
    """
    from graphviz_ad.story.deriving import formula_of

    return formula_of(trace(f, *args, **kwargs))


@public
def record(name: str = "f", **unknown: Never) -> AbstractContextManager[Trace]:
    """Record everything that is computed with Variables inside the ``with``, dead branches too.

    Variables record on their own, without any context; this additionally keeps the list. It belongs to the thread,
    and ends with the ``with`` also when an exception passes through.

    Parameters
    ----------
    name : str
        What pictures call the output.

    Returns
    -------
    context manager
        Gives the Trace.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> x = gad.attach_grad(np.arange(4.0))
    >>> with gad.record() as t:
    ...     y = 2 * np.dot(x, x)
    >>> y.backward()
    >>> x.grad
    array([ 0.,  4.,  8., 12.])
    >>> len(t.nodes)
    3
    """
    refuse_unknown("record", unknown, ("name",))
    if not isinstance(name, str):
        raise InputError(f"record: name must be a string, got {type(name).__name__}")
    return Trace.of_block(name)
