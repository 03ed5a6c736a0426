"""Figures as SVG, PNG and PDF: their size, their words, their key, and that they show the same."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import pypdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

import graphviz_ad as gad
from graphviz_ad.draw import measuring
from graphviz_ad.errors import SizeError
from graphviz_ad.saving import png
from graphviz_ad.saving.faces import FACES, face_file
from tests.saving.cases import THEMES, made

SVG = "{http://www.w3.org/2000/svg}"
LOOKS = {"plain": {}, "a column wide, with its key": {"width": "8.5cm", "legend": True}}
PX_PER_CM = 96 / 2.54


@pytest.fixture(scope="module")
def traces():
    """Everything that is saved."""
    return made()


@pytest.fixture
def bytes_of(traces, tmp_path):
    """Save something, and read it again."""

    def save(name, suffix, **options):
        thing = traces[name] if isinstance(name, str) else name
        thing.save(tmp_path / f"f.{suffix}", **options)
        return (tmp_path / f"f.{suffix}").read_bytes()

    return save


def image(content):
    """Open a PNG."""
    opened = Image.open(io.BytesIO(content))
    opened.load()
    return opened


def page(content):
    """Open the only page of a PDF."""
    (only,) = pypdf.PdfReader(io.BytesIO(content), strict=True).pages
    return only


def natural(content):
    """Return the size of the view box of an SVG."""
    return [float(part) for part in ET.fromstring(content).attrib["viewBox"].split()][2:]


class TestSize:
    """In px, and on paper."""

    @pytest.mark.parametrize("scale", [None, 0.5, 1, 1.7, 3])
    def test_a_png_has_so_many_pixels_a_px(self, bytes_of, scale):
        """Two unless it is told otherwise; nothing is said of inches."""
        wide, high = natural(bytes_of("worked", "svg"))
        opened = image(bytes_of("worked", "png", scale=scale))
        assert opened.size == (round(wide * (scale or 2)), round(high * (scale or 2)))
        assert "dpi" not in opened.info

    @pytest.mark.parametrize(
        ("width", "cm"),
        [("8.5cm", 8.5), ("84mm", 8.4), ("3.5in", 8.89), ("240pt", 240 / 72 * 2.54), ("600px", 15.875), (600, 15.875)],
    )
    def test_a_width_on_paper(self, bytes_of, width, cm):
        """The same in every format, with the proportions of the picture."""
        wide, high = natural(bytes_of("worked", "svg"))
        root = ET.fromstring(bytes_of("worked", "svg", width=width))
        unit = "" if str(width)[-1].isdigit() or "px" in str(width) else re.search(r"[a-z]+$", width)[0]
        assert root.attrib["width"] == re.match(r"[\d.]+", str(width))[0] + unit
        assert root.attrib["height"].endswith(unit)
        assert natural(bytes_of("worked", "svg", width=width)) == [wide, high]
        for scale in (1, 3):
            opened = image(bytes_of("worked", "png", width=width, scale=scale))
            assert opened.size[0] == round(cm * PX_PER_CM * scale)
            assert opened.size[1] == pytest.approx(opened.size[0] * high / wide, abs=1)
            assert opened.info["dpi"] == pytest.approx((96 * scale, 96 * scale), rel=1e-3)
        box = page(bytes_of("worked", "pdf", width=width)).mediabox
        assert float(box.width) == pytest.approx(cm / 2.54 * 72, abs=0.02)
        assert float(box.height) == pytest.approx(cm / 2.54 * 72 * high / wide, abs=0.02)

    def test_too_many_pixels_are_refused(self, bytes_of):
        """Before the memory is full, with ways out."""
        with pytest.raises(SizeError, match=r"pixels, more than 64 million; choose a smaller scale than scale=60, or"):
            bytes_of("worked", "png", scale=60)
        with pytest.raises(SizeError, match="a smaller scale or width"):
            bytes_of("worked", "png", width="900cm", scale=2)

    def test_the_most_pixels_are_drawn(self, bytes_of, monkeypatch):
        """The bound is sharp."""
        wide, high = image(bytes_of("sine", "png", scale=1)).size
        monkeypatch.setattr(png, "MOST_PIXELS", wide * high)
        assert image(bytes_of("sine", "png", scale=1)).size == (wide, high)
        monkeypatch.setattr(png, "MOST_PIXELS", wide * high - 1)
        with pytest.raises(SizeError):
            bytes_of("sine", "png", scale=1)

    def test_a_page_is_never_longer_than_readers_show(self, bytes_of):
        """A long chain is drawn smaller; a width that cannot be is refused."""

        def chain(x):
            for _ in range(160):
                x = np.sin(x)
            return x

        trace = gad.trace(chain, 1.0)
        assert float(page(bytes_of(trace, "pdf", limit=None)).mediabox.height) == pytest.approx(14_400, abs=0.1)
        with pytest.raises(SizeError, match=r"at most 14,400 \(200 in\); choose a smaller width than 30cm"):
            bytes_of(trace, "pdf", limit=None, width="30cm")


class TestWords:
    """The text alternative, and the text itself."""

    EXPECTED = (
        "Computational graph of f(x) = log(x²) · sin x + 1/x: 7 nodes, 8 edges; value 1.760554; gradient 0.0823954"
    )

    @pytest.fixture
    def worked(self):
        """The worked example without a name of its own."""
        with gad.record("f") as trace:
            x = gad.Variable(2.0, name="x")
            np.log(x**2) * np.sin(x) + 1 / x
        return trace

    def test_svg(self, bytes_of, worked):
        """A role, a label, a title, and the nodes in words."""
        root = ET.fromstring(bytes_of(worked, "svg"))
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"] == root.findtext(f"{SVG}title") == self.EXPECTED
        assert "v₁ = x²: value 4, adjoint 0.227324, local gradient 2x = 4 to x." in root.findtext(f"{SVG}desc")

    def test_png(self, bytes_of, worked):
        """The same words in its text chunks."""
        root = ET.fromstring(bytes_of(worked, "svg"))
        opened = image(bytes_of(worked, "png"))
        assert opened.text["Title"] == self.EXPECTED
        assert opened.text["Description"] == root.findtext(f"{SVG}desc")

    def test_pdf(self, bytes_of, worked):
        """The same words in its metadata, and as the alternate text of a tagged figure."""
        root = ET.fromstring(bytes_of(worked, "svg"))
        reader = pypdf.PdfReader(io.BytesIO(bytes_of(worked, "pdf")), strict=True)
        assert reader.metadata.title == self.EXPECTED
        assert reader.metadata.subject == root.findtext(f"{SVG}desc")
        catalog = reader.trailer["/Root"]
        assert catalog["/Lang"] == "en"
        assert catalog["/MarkInfo"]["/Marked"]
        (document,) = (kid.get_object() for kid in catalog["/StructTreeRoot"]["/K"])
        (figure,) = (kid.get_object() for kid in document["/K"])
        assert figure["/S"] == "/Figure"
        assert figure["/Alt"] == f"{self.EXPECTED}. {root.findtext(f'{SVG}desc')}"

    @pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
    def test_a_step_tells_only_what_is_known(self, bytes_of, worked, suffix):
        """No word of what is still to come."""
        content = bytes_of(worked, suffix, step=2)
        if suffix == "svg":
            said = ET.fromstring(content).findtext(f"{SVG}desc")
        elif suffix == "png":
            said = image(content).text["Description"]
        else:
            said = pypdf.PdfReader(io.BytesIO(content)).metadata.subject
        assert said.startswith("x (input): value 2, adjoint not known yet. v₁ = x²: value 4")
        assert "1.760554" not in said
        assert "local gradient" not in said

    @pytest.mark.parametrize("name", ["sine", "worked", "network", "nan", "cut", "vector"])
    @pytest.mark.parametrize("look", LOOKS)
    def test_all_text_of_the_picture_can_be_copied_from_the_pdf(self, bytes_of, traces, name, look):
        """Whatever the SVG says, in the same order, sub- and superscripts in plain digits for pypdf."""
        root = ET.fromstring(bytes_of(name, "svg", **LOOKS[look]))
        lines = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
        copied = re.sub(r"\s", "", page(bytes_of(name, "pdf", **LOOKS[look])).extract_text())
        place = 0
        for line in lines:
            found = copied.find(re.sub(r"\s", "", line), place)
            assert found >= 0, (line, copied[place : place + 80])
            place = found

    def test_each_line_says_what_it_means(self, bytes_of, worked):
        """Raised digits are copied as such where readers know of it: the text stands beside the letters."""
        content = page(bytes_of(worked, "pdf")).get_contents().get_data().decode("latin-1")
        encoded = re.findall(r"/ActualText <([0-9A-F]+)>", content)
        said = {bytes.fromhex(text).decode("utf-16") for text in encoded}
        assert {"v₁ = x²", "v̄₁", "× (−1/x²)", "1.760554", "x̄ = Σ", "= ∂f/∂x"} <= said
        outside = re.sub(r"/Span <<.*?EMC", "", content, flags=re.DOTALL)
        assert "BT" not in outside

    def test_only_our_faces_are_embedded_and_only_what_is_used_of_them(self, bytes_of, worked):
        """Every font is DejaVu, a subset, with its file inside."""
        fonts = page(bytes_of(worked, "pdf"))["/Resources"]["/Font"]
        for font in fonts.values():
            (inner,) = font["/DescendantFonts"]
            assert re.match(r"/[A-Z]{6}\+DejaVu", font["/BaseFont"])
            assert len(inner.get_object()["/FontDescriptor"]["/FontFile2"].get_data()) < 60_000
            assert "/ToUnicode" in font

    def test_names_in_other_scripts_do_not_break_a_file(self, bytes_of, caplog):
        """What no face of ours holds is drawn as a sign for the unknown, and said as it is."""
        x = gad.Variable(2.0, name="変数")
        with gad.record("ש") as trace:
            np.sin(x)
        content = bytes_of(trace, "pdf")
        text = page(content).get_contents().get_data().decode("latin-1")
        assert "変数".encode("utf-16-be").hex().upper() in text
        assert caplog.records == []
        assert image(bytes_of(trace, "png")).size[0] > 100


class TestSameness:
    """Three painters, one picture."""

    @pytest.mark.parametrize("name", ["sine", "worked", "network", "nan", "cut", "vector", "holes", "series"])
    @pytest.mark.parametrize("theme", THEMES)
    def test_pdf_and_png_show_the_same(self, bytes_of, tmp_path, name, theme):
        """Drawn by two programs that share nothing, every region agrees: what differs is the edges of letters."""
        if shutil.which("pdftoppm") is None:
            pytest.skip("needs pdftoppm")
        (tmp_path / "page.pdf").write_bytes(bytes_of(name, "pdf", theme=theme, legend=True))
        command = ["pdftoppm", "-r", "192", "-png", "-singlefile", "page.pdf", "page"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        ours = image(bytes_of(name, "png", theme=theme, legend=True)).convert("RGB")
        theirs = Image.open(tmp_path / "page.png").convert("RGB")
        assert all(abs(one - other) <= 1 for one, other in zip(ours.size, theirs.size, strict=True))
        wide, high = (min(pair) for pair in zip(ours.size, theirs.size, strict=True))
        one, other = (np.asarray(each, dtype=float)[:high, :wide] for each in (ours, theirs))
        assert np.abs(one - other).mean() < 4
        # In squares of 8 px: a missing letter, lane or cell would show.
        squares = [
            each[: high // 16 * 16, : wide // 16 * 16].reshape(high // 16, 16, wide // 16, 16, 3).mean(axis=(1, 3))
            for each in (one, other)
        ]
        assert np.abs(squares[0] - squares[1]).max() < 45

    @pytest.mark.parametrize("name", ["worked", "cut", "holes"])
    @pytest.mark.parametrize("step", [None, 5])
    def test_every_dash_of_the_svg_is_in_the_pdf(self, bytes_of, name, step):
        """In the same order, at the size of the page."""
        root = ET.fromstring(bytes_of(name, "svg", theme="print", legend=True, width="10cm", step=step))
        scale = 10 / 2.54 * 72 / float(root.attrib["viewBox"].split()[2])
        expected = [
            [float(part) * scale for part in element.attrib["stroke-dasharray"].split()]
            for element in root.iter()
            if element.attrib.get("stroke-dasharray", "none") != "none"
        ]
        pdf = bytes_of(name, "pdf", theme="print", legend=True, width="10cm", step=step)
        content = page(pdf).get_contents().get_data().decode("latin-1")
        drawn = [list(map(float, dash.split())) for dash in re.findall(r"\[([\d. ]+)\] 0 d", content)]
        assert expected
        assert drawn == [pytest.approx(dash, abs=1e-3) for dash in expected]

    @pytest.mark.parametrize("theme", THEMES)
    @pytest.mark.parametrize("name", ["worked", "network", "nan", "cut", "holes"])
    def test_print_is_grey_and_the_others_are_not(self, bytes_of, name, theme):
        """On white paper, without any colour at all."""
        pixels = np.asarray(image(bytes_of(name, "png", theme=theme, legend=True)).convert("RGB"), dtype=int)
        spread = (pixels.max(axis=2) - pixels.min(axis=2)).max()
        assert (spread == 0) == (theme == "print")
        paper = {"light": (255,) * 3, "dark": (0x13, 0x16, 0x1A), "high-contrast": (0,) * 3, "print": (255,) * 3}
        assert tuple(pixels[0, 0]) == paper[theme]

    def test_a_png_is_set_in_our_faces_whatever_the_machine_has(self, bytes_of, monkeypatch):
        """No face of the system is asked for, so that every machine draws the same."""
        asked = []
        draw = png.resvg_py.svg_to_bytes

        def watched(**options):
            asked.append(options)
            return draw(**options)

        monkeypatch.setattr(png.resvg_py, "svg_to_bytes", watched)
        bytes_of("sine", "png")
        (options,) = asked
        assert options["skip_system_fonts"] is True
        assert all("DejaVu" in file for file in options["font_files"])

    def test_every_sign_that_we_draw_is_in_the_faces(self):
        """No empty box anywhere."""
        maps = []
        for _, _, name in FACES:
            with TTFont(face_file(name)) as face:
                maps.append(face.getBestCmap())
        signs = measuring._MORE + "".join(map(chr, range(32, 127))) + "\u0304\u0307\ufffd∞−…⊙∂∇Σ"
        assert [sign for sign in signs if not any(ord(sign) in known for known in maps)] == []

    def test_a_bar_stands_above_tall_letters(self, bytes_of):
        """Of f̄ and b̄ there is paper between the letter and its bar, as the face has it."""
        with gad.record("f") as trace:
            x = gad.Variable(2.0, name="x")
            np.sin(x)
        content = page(bytes_of(trace, "pdf")).get_contents().get_data().decode("latin-1")
        spans = {
            bytes.fromhex(said).decode("utf-16"): re.findall(r"BT ([\d.]+) ([\d.]+) Td", inner)
            for said, inner in re.findall(r"/Span <</ActualText <([0-9A-F]+)>>> BDC(.*?)EMC", content, re.DOTALL)
        }
        heights = {said: [float(y) for _, y in places] for said, places in spans.items()}
        low, tall = heights["x\u0304"], heights["f\u0304"]
        assert low[1] == pytest.approx(low[0])
        assert tall[1] - tall[0] == pytest.approx(14 * 0.75 * (1536 - 1092) / 2048, abs=0.02)


class TestOddities:
    """Whatever can be traced can be saved."""

    @pytest.mark.parametrize("name", ["constant", "empty", "holes", "series", "vector"])
    @pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
    @pytest.mark.parametrize("theme", ["light", "print"])
    def test_odd_traces(self, bytes_of, name, suffix, theme):
        """With a key."""
        assert len(bytes_of(name, suffix, legend=True, width="6cm", theme=theme)) > 1000

    @pytest.mark.parametrize("step", range(0, 19, 3))
    @pytest.mark.parametrize("suffix", ["png", "pdf"])
    def test_every_step(self, bytes_of, step, suffix):
        """In the middle of the story, too."""
        assert len(bytes_of("worked", suffix, step=step, legend=True)) > 1000

    def test_hostile_names_are_words(self, bytes_of):
        """In the metadata as in the picture; what would end a string or a chunk does not."""
        for name in (")>>endobj", "a\0b", "\ud800", "(((", "\\", "<script>", "\u202eabc", "x" * 5000, "a\nb"):
            x = gad.Variable(2.0, name=name)
            with gad.record(name) as trace:
                x * x
            reader = pypdf.PdfReader(io.BytesIO(bytes_of(trace, "pdf")), strict=True)
            assert len(reader.pages) == 1
            assert reader.metadata.title.startswith("Computational graph of")
            assert image(bytes_of(trace, "png")).text["Title"].startswith("Computational graph of")
