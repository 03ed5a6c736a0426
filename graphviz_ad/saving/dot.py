r"""Write a story as plain DOT: a `graphviz.Digraph` that also works where no ``dot`` is on PATH.

This is for people who go on with Graphviz: one box per node with its formula, value and derivative. The designed
picture is made by `frame`.

Labels are data. In DOT a backslash starts an escape (``\N`` is the node's name), text in angle brackets is markup, and
ampersands start entities; all three are taken apart here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import graphviz
import numpy as np

from graphviz_ad.draw.runner import TIMEOUT, run
from graphviz_ad.draw.svg import clean, shorten
from graphviz_ad.errors import InputError
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import read
from graphviz_ad.saving.files import write_file
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.subject import Subject
from graphviz_ad.story.steps import Card, Story

__all__ = ["Graph", "label", "to_dot", "write"]

_LONGEST = 120
_PDF = (
    "PDF is not made by this graph, because the Graphviz that comes with pip does not write it. "
    "Use format='svg' or 'png', or the .save method of the trace."
)


class Graph(graphviz.Digraph):  # type: ignore[misc]  # the package ships no types
    """A `graphviz.Digraph` that is rendered by the Graphviz found by `graphviz_ad.draw.layout.find_engine`.

    ``pipe``, ``render``, ``view`` and the display in notebooks work as in the graphviz package, for the dot layout
    and the formats svg, png and the text formats.
    """

    def pipe(
        self,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        *,
        engine: str | None = None,
        encoding: str | None = None,
    ) -> bytes | str:
        """Return the drawn graph, as bytes or, with an encoding, as text.

        Parameters
        ----------
        format : str, optional
            Such as ``"svg"`` or ``"png"``; by default the format of the graph.
        encoding : str, optional
            How to decode the answer.
        renderer, formatter, neato_no_op, quiet, engine
            Accepted as in the graphviz package; only the dot layout is available.

        Raises
        ------
        InputError
            For PDF, and for another layout than dot.
        LayoutError
            If Graphviz is missing, fails or takes too long.
        """
        output = str(format or self.format).lower()
        if output in ("pdf", "ps", "eps", "ps2"):
            raise InputError(_PDF if output == "pdf" else _PDF.replace("PDF", output.upper(), 1))
        if (engine or self.engine) != "dot" or neato_no_op:
            raise InputError(f"engine is {engine or self.engine!r}; this graph is laid out by 'dot' only.")
        if renderer is not None:
            output += f":{renderer}" + (f":{formatter}" if formatter is not None else "")
        drawn = run(self.source, output, timeout=TIMEOUT)
        return drawn if encoding is None else drawn.decode(encoding)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        quiet_view: bool = False,
        *,
        outfile: str | os.PathLike[str] | None = None,
        engine: str | None = None,
        raise_if_result_exists: bool = False,
        overwrite_source: bool = False,
    ) -> str:
        """Save the source, draw it beside the source, and return the path of the drawing.

        The parameters are those of `graphviz.Digraph.render`. Drawings are written under a temporary name and then
        renamed, so that nothing half written is left behind.
        """
        if outfile is not None:
            target = Path(self.directory if directory is None else directory, outfile)
            output = str(format or target.suffix.lstrip(".") or self.format)
            source = target.with_suffix(".gv") if filename is None else Path(directory or "", filename)
        else:
            output = str(format or self.format)
            source = Path(
                self.directory if directory is None else directory, self.filename if filename is None else filename
            )
            target = source.with_name(f"{source.name}.{output}")
        if target == source and not overwrite_source:
            raise InputError(f"outfile {str(target)!r} is the source file itself; choose another name.")
        if raise_if_result_exists and target.exists():
            raise graphviz.FileExistsError(f"output file exists: {str(target)!r}")
        drawn = self.pipe(output, renderer, formatter, neato_no_op, quiet, engine=engine)
        source.parent.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not cleanup:
            write_file(source, self.source.encode(self.encoding), "render")
        assert isinstance(drawn, bytes)
        write_file(target, drawn, "render")
        if view or quiet_view:
            self._view(str(target), format=output, quiet=quiet_view)
        return str(target)


def label(text: str) -> str:
    r"""Return text as the content of a DOT label, as which it will be shown letter by letter.

    Examples
    --------
    >>> print(label(r'\N <b> & "x"'))
    \\N &lt;b&gt; &amp; "x"
    """
    plain = shorten(clean(text[: 8 * _LONGEST]), _LONGEST)
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return str(graphviz.escape(plain))


def _number(story: Story, kind: str, position: int) -> str:
    key = Quantity(kind, position)
    if key not in story.numbers:
        return ""
    value = story.numbers[key]
    reading = read(key, value)
    if reading.form == "array":
        return ", ".join((*reading.texts(value), str(np.asarray(value).dtype)))
    return reading.inline(value).strip()


def _lines(card: Card, story: Story) -> list[str]:
    lines = [label(card.title.text)]
    value = _number(story, "value", card.position)
    if value:
        lines.append(label(f"value {value}"))
    if card.detached:
        return [*lines, card.missing]
    for kind in story.derivatives:
        derivative = _number(story, kind, card.position)
        if not (story.moves(card.position) if kind == "tangent" else card.reached):
            lines.append("not moving" if kind == "tangent" else card.missing)
        elif derivative:
            lines.append(label(f"{kind} {derivative}"))
    return lines


def to_dot(story: Story, **options: Any) -> Graph:
    """Return a story as a graph in DOT, values flowing downwards.

    Parameters
    ----------
    story : Story
        Its numbers become labels; what the story does not know yet is left out.
    **options
        Passed to `graphviz.Digraph`, such as ``format="png"``.

    Returns
    -------
    Graph
        A `graphviz.Digraph`, to be shown in a notebook, rendered, or changed.
    """
    options.setdefault("format", "svg")
    graph = Graph("trace", **options)
    graph.attr("node", shape="box", style="rounded", fontname="serif")
    graph.attr("edge", fontname="serif", fontsize="11")
    for card in story.nodes:
        graph.node(f"n{card.position}", graphviz.nohtml("\\n".join(_lines(card, story))))
    for edge in story.edges:
        style = "dashed" if edge.kind == "cut" else None
        graph.edge(f"n{edge.parent}", f"n{edge.child}", graphviz.nohtml(label(edge.label.text)), style=style)
    return graph


def write(subject: Subject, options: Options) -> bytes:
    """Return the source in DOT."""
    return str(to_dot(subject.story(options)).source).encode("utf-8")
