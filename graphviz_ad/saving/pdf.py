"""PDF: the figure as one page of its own size, drawn in lines and letters that can be searched and copied.

The picture is painted with fpdf2's outlines and letters from the same elements that SVG is written from, so nothing is
read back from SVG. It is one tagged figure whose alternate text says what it shows; each line of text carries what it
says, since a raised 2 alone would be copied as a 2.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from fpdf import FPDF
from fpdf.drawing import PaintedPath
from fpdf.enums import PathPaintRule

from graphviz_ad.draw.frame import Figure
from graphviz_ad.draw.length import UNITS
from graphviz_ad.draw.outlines import Segment, outline_of_path, outline_of_rect
from graphviz_ad.draw.svg import Element, clean
from graphviz_ad.errors import SizeError
from graphviz_ad.saving.faces import FACES, face_file
from graphviz_ad.saving.lettering import Letters, letters_of, plain
from graphviz_ad.saving.marks import is_mark, mark_place
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.pictures import paint
from graphviz_ad.saving.subject import Subject

__all__ = ["write"]

_LARGEST = 14_400.0  # points; readers refuse larger pages
_NO_DATE = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)  # the same file whenever it is written
_UNKNOWN = "\ufffd"
_PASSED = ("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap")  # what groups say of what they hold
_NOTHING: Mapping[str, str] = {}


def write(subject: Subject, options: Options) -> bytes:
    """Return the picture as PDF, smaller than it is by nature where no page is as long.

    Raises
    ------
    SizeError
        When a width is asked for with which a side would be longer than a page may be.
    """
    figure = paint(subject, options)
    wide, high = figure.width / UNITS["pt"], figure.height / UNITS["pt"]
    largest = max(wide, high)
    if largest > _LARGEST and options.width is not None:
        raise SizeError(
            f"save: the page would have {wide:,.0f} × {high:,.0f} points, and a side of a PDF page has at most "
            f"{_LARGEST:,.0f} (200 in); choose a smaller width than {options.width}, or save a .svg"
        )
    if largest > _LARGEST:
        wide, high = wide * _LARGEST / largest, high * _LARGEST / largest
    document = _Document(wide, high, figure)
    with document.spoken(figure.title, figure.description):
        _Painter(document, figure.tree, wide).paint(figure.tree)
    return bytes(document.output())


class _Document(FPDF):
    """One page, and the two things that fpdf2 offers only to its own methods: alternate text, and what letters say."""

    def __init__(self, wide: float, high: float, figure: Figure) -> None:
        super().__init__(unit="pt", format=(wide, high))
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.set_creation_date(_NO_DATE)
        self.set_creator("graphviz_ad")
        self.set_title(clean(figure.title))
        self.set_subject(clean(figure.description))
        self.set_lang("en")
        self._faces = {family + style: name for family, style, name in FACES}
        self.add_page()

    @contextmanager
    def spoken(self, title: str, text: str) -> Iterator[None]:
        """Tag what is drawn inside as a figure with this alternate text."""
        with self._marked_sequence(title=clean(title), alt_text=clean(f"{title}. {text}")):
            yield

    @contextmanager
    def saying(self, text: str) -> Iterator[None]:
        """Let the letters drawn inside be copied as this text."""
        encoded = b"\xfe\xff" + text.encode("utf-16-be", "replace")
        self._out(f"/Span <</ActualText <{encoded.hex().upper()}>>> BDC")
        yield
        self._out("EMC")

    def face(self, family: str, style: str, size: float) -> Any:
        """Choose a face, which is embedded with the letters that are used; return it."""
        key = family + style
        if key not in self.fonts:
            self.add_font(family, style, face_file(self._faces[key]))
        self.set_font(family, style, size)
        return self.fonts[key]


class _Painter:
    """Draws the elements of a picture, px of the picture turned into points of the page."""

    def __init__(self, document: _Document, root: Element, wide: float) -> None:
        left, top, across, _ = map(float, root.attributes["viewBox"].split())
        self.document, self.left, self.top, self.scale = document, left, top, wide / across

    def paint(self, element: Element, inherited: Mapping[str, str] = _NOTHING) -> None:
        """Draw an element and all below it; groups pass their looks on."""
        look = {**inherited, **element.attributes}
        if look.get("display") == "none" or element.tag in ("title", "desc"):
            return
        if element.tag == "text":
            self._letter(element, look)
        elif element.tag == "path":
            self._outline(look, outline_of_path(look["d"]))
        elif element.tag == "rect":
            place = (float(look.get(name, 0)) for name in ("x", "y", "width", "height", "rx"))
            self._outline(look, outline_of_rect(*place))
        else:
            passed = {name: value for name, value in look.items() if name in _PASSED}
            for item in element.content:
                if isinstance(item, Element):
                    self.paint(item, passed)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    # Outlines

    def _outline(self, look: Mapping[str, str], pieces: list[Segment]) -> None:
        fill, stroke = look.get("fill", "#000000"), look.get("stroke", "none")
        if not pieces or (fill == "none" and stroke == "none"):
            return
        with self.document.new_path(paint_rule=_rule(fill, stroke, look.get("fill-rule") == "evenodd")) as path:
            style = path.style
            style.auto_close = False
            style.fill_color = None if fill == "none" else fill
            style.stroke_color = None if stroke == "none" else stroke
            if stroke != "none":
                style.stroke_width = float(look.get("stroke-width", 1)) * self.scale
                style.stroke_cap_style = look.get("stroke-linecap", "butt")
                style.stroke_join_style = "miter"
                style.stroke_dash_pattern = self._dashes(look.get("stroke-dasharray", "none"))
            self._draw(path, pieces)

    def _dashes(self, text: str) -> list[float] | None:
        return None if text == "none" else [float(part) * self.scale for part in text.replace(",", " ").split()]

    def _draw(self, path: PaintedPath, pieces: list[Segment]) -> None:
        for kind, points in pieces:
            placed = [self._at(*point) for point in points]
            if kind == "M":
                path.move_to(*placed[0])
            elif kind == "L":
                path.line_to(*placed[0])
            elif kind == "C":
                path.curve_to(*placed[0], *placed[1], *placed[2])
            else:
                path.close()

    # Letters

    def _letter(self, element: Element, look: Mapping[str, str]) -> None:
        runs = letters_of(element)
        said = plain(runs)
        if not said:
            return
        shift = {"middle": 0.5, "end": 1.0}.get(look.get("text-anchor", "start"), 0.0)
        pieces = [piece for run in runs for piece in self._pieces(run)]
        x = float(look["x"]) - shift * sum(piece.width for piece in pieces)
        self.document.set_text_color(look.get("fill", "#000000"))
        with self.document.saying(said):
            for run, text, width, (right, up) in pieces:
                self.document.face(run.family, run.style, run.size * self.scale)
                self.document.text(*self._at(x + right, float(look["y"]) + run.drop - up), text)
                x += width

    def _pieces(self, run: Letters) -> Iterator[_Piece]:
        """Split a run where its face changes, at marks, and after a space that is not as wide as its face has it."""
        piece, last = "", ""
        here = run
        for letter in run.text:
            there, drawn = self._with_glyph(run, letter)
            mark = is_mark(letter) and bool(last)
            if piece and (there != here or mark):
                yield self._piece(here, piece)
                piece = ""
            if mark:
                yield self._mark(there, last, drawn)
                continue
            here, piece, last = there, piece + drawn, drawn
            if drawn == " " and run.spacing:
                yield self._piece(here, piece)
                piece = ""
        if piece:
            yield self._piece(here, piece)

    def _piece(self, run: Letters, text: str) -> _Piece:
        self.document.face(run.family, run.style, run.size)
        width = float(self.document.get_string_width(text)) + run.spacing * text.count(" ")
        return _Piece(run, text, width, (0.0, 0.0))

    def _mark(self, run: Letters, letter: str, mark: str) -> _Piece:
        """Return a mark above the letter that was drawn before it; it takes no room."""
        face = self.document.face(run.family, run.style, run.size)
        right, up = mark_place(face.ttfont, letter, mark)
        before = float(self.document.get_string_width(letter))
        return _Piece(run, mark, 0.0, (right * run.size - before, up * run.size))

    def _with_glyph(self, run: Letters, letter: str) -> tuple[Letters, str]:
        """Return the run in a face that has the letter: its own, or another of ours."""
        for family, style in ((run.family, run.style), *((family, "") for family in ("serif", "sans", "mono"))):
            if ord(letter) in self.document.face(family, style, run.size).cmap:
                return run._replace(family=family, style=style), letter
        return run._replace(family="sans", style=""), _UNKNOWN


class _Piece(NamedTuple):
    """Letters of one face, how much room they take, and how far right and up they stand of where they would."""

    run: Letters
    text: str
    width: float
    shift: tuple[float, float]


def _rule(fill: str, stroke: str, evenodd: bool) -> PathPaintRule:
    if fill == "none":
        return PathPaintRule.STROKE
    if stroke == "none":
        return PathPaintRule.FILL_EVENODD if evenodd else PathPaintRule.FILL_NONZERO
    return PathPaintRule.STROKE_FILL_EVENODD if evenodd else PathPaintRule.STROKE_FILL_NONZERO
