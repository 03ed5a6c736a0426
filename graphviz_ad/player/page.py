"""Put a film into one self-contained HTML page, or into the output of a notebook cell.

The page asks for nothing: style, script and numbers are inside, and its Content-Security-Policy forbids the
rest. Its mount point holds the finished picture, which stays where scripts may not run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from graphviz_ad.draw import colours
from graphviz_ad.draw import theme as look
from graphviz_ad.player.script import script, sheet

__all__ = ["PAPERS", "page", "snippet"]

PAPERS = ("step", "strip")
"""What is printed: a figure of the step on screen, or a strip of all steps."""


# What only the player needs of the style travels with it. The picture that stands in the page is not stored twice.
_BOOT = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets = [sheet];
const at = document.getElementById("gad"), film = JSON.parse(document.getElementById("film").textContent);
for (const scene of film.scenes) scene.svg ||= new XMLSerializer().serializeToString(at.querySelector("svg"));
const begins = at.dataset.step === undefined;
const { theme, print, detail, step = 0 } = at.dataset, reel = makeReel(film);
const player =
mount(at, film, { theme, print, detail, step: +step, invites: begins, keys: document, reel });
followLink(player, film, reel);
"""
# The player travels compressed, and runs because the policy names its digest.
_UNPACK = """
const packed = Uint8Array.from(atob(document.getElementById("player").textContent), (char) => char.charCodeAt(0));
const player = Object.assign(document.createElement("script"), { type: "module" });
const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
player.textContent = await new Response(unpacked).text();
document.head.append(player);
"""

# A sandboxed frame cannot ask how much of it its host shows. What a notebook has above and below its cells is no higher
# than what is left out here, so that the player is seen at once.
_FRAME = "clamp(440px,100vh - 190px,860px)"
_FIRST = re.compile(r"\A\.gad \{[^}]*\}|^\.gad-fallback[^{]*\{[^}]*\}", re.MULTILINE)
# What only some films need, and whether a film is one of these; the page of another one is without it.
_ONLY_FOR: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "panels/entries.js": lambda film: _has_ways(film),
    "panels/entries.css": lambda film: _has_ways(film),
    "panels/kinks.js": lambda film: "kinks" in film,
    "panels/contours.js": lambda film: "contours" in film,
    "panels/contours.css": lambda film: "contours" in film,
    "panels/findings.js": lambda film: "findings" in film,
    "findings.css": lambda film: "findings" in film,
    "tabs.css": lambda film: bool({"findings", "verdicts", "paths", "debug"} & film.keys()),
    "panels/verdicts.js": lambda film: "verdicts" in film,
    "verdicts.css": lambda film: "verdicts" in film,
    "panels/debugging.js": lambda film: "debug" in film,
    "debugging.css": lambda film: "debug" in film,
    "panels/paths.js": lambda film: "paths" in film,
    "paths.css": lambda film: "paths" in film,
    "panels/remains.js": lambda film: "raised" in film,
    "remains.css": lambda film: "raised" in film,
    "panels/quiz.js": lambda film: "quiz" in film,
    "quiz.css": lambda film: "quiz" in film,
    "panels/modes.js": lambda film: film.get("mode") == "both",
}
_PAGE_CSS = (
    "body.gad-page{margin:0;padding:8px;container-type:normal}@media(max-width:660px){body.gad-page{padding:0}}\n"
)


def page(
    film: Mapping[str, Any],
    *,
    title: str | None = None,
    theme: str = "auto",
    step: int | None = None,
    detail: str = "standard",
    paper: str = "step",
) -> str:
    """Write the film as one HTML page that needs nothing else.

    Parameters
    ----------
    film : mapping
        What `Film.to_json` gives.
    title : str, optional
        The title of the window; the film's own by default.
    theme : str
        ``auto`` (as the reader's system prefers), ``light``, ``dark`` or ``high-contrast``.
    step : int, optional
        The step of the story that is shown first, from 0; unless given, the page begins at the beginning, and says so.
    detail : str
        How much the steps say at first: ``beginner``, ``standard`` or ``expert``.
    paper : {"step", "strip"}
        Whether the figure of a step, or a strip of all steps, is printed.

    Returns
    -------
    str
        HTML. Save it as UTF-8.

    Raises
    ------
    ValueError
        If the theme or the paper is unknown, the film is of another version, or it holds no scene.

    Examples
    --------
    >>> film = {"version": 1, "title": {"text": "f(x) = x", "mathml": ""}, "scenes": [{"svg": "<svg/>", "parts": {}}],
    ...         "styles": [], "start": 0, "where": ""}
    >>> html = page(film, title="</title><script>")
    >>> html.startswith("<!doctype html>"), "&lt;/title&gt;&lt;script&gt;" in html
    (True, True)
    """
    if colours.full_name(theme) not in colours.PAGE_THEMES:
        raise ValueError(f"page: theme is {theme!r}; expected one of {', '.join(colours.PAGE_THEMES)}")
    if paper not in PAPERS:
        raise ValueError(f"page: paper is {paper!r}; expected one of {', '.join(PAPERS)}")
    _check(film)
    scene = film["scenes"][film["start"]]
    # The picture that stands in the mount point is left out of the data.
    data = {name: part for name, part in film.items() if name != "styles"}
    data |= {"scenes": [{**one, "svg": ""} if one is scene else one for one in film["scenes"]]}
    step = _opening(film) if step is None else step
    films = [film, *(one["film"] for one in film.get("raised", ()))]
    needless = [module for module, needs in _ONLY_FOR.items() if not any(map(needs, films))]
    looks = json.dumps(sheet(without=needless))
    style, player = _solid(_style(film)), f"const STYLE = {looks};\n{script(without=needless)}{_BOOT}"
    policy = (
        f"default-src 'none'; script-src '{_digest(_UNPACK)}' '{_digest(player)}'; style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    text, where = film["title"]["text"], f" at {film['where']}" if film["where"] else ""
    what = "picture before the first question" if "questions" in scene else "finished picture"
    first = "" if step is None else f' data-step="{step:d}"'
    first += "" if detail == "standard" else f' data-detail="{escape(detail)}"'
    first += "" if paper == "step" else f' data-print="{paper}"'
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(_plain(title if title is not None else text))}</title>\n"
        f"<style>{style}</style></head>\n"
        f'<body class="gad gad-page" data-theme="{theme}"><main id="gad" class="gad" data-theme="{theme}"{first}>'
        f'<div class="gad-fallback"><h1>{escape(_plain(text))}</h1>{scene["svg"]}'
        f"<p>The {what}{escape(_plain(where))}. It moves where scripts may run.</p></div></main>\n"
        f'<script type="application/json" id="film">{_data(data)}</script>\n'
        f'<script type="text/plain" id="player">{_packed(player)}</script>\n'
        f'<script type="module">{_UNPACK}</script></body></html>\n'
    )


def snippet(
    film: Mapping[str, Any],
    picture: str,
    *,
    title: str | None = None,
    theme: str = "auto",
    detail: str = "standard",
    instead: str = "",
) -> str:
    """Write the film for a notebook: the page in a sandboxed frame, which leaves the static picture no room.

    A notebook that is not trusted strips the frame and shows the picture, an SVG, or what stands there `instead`, as
    HTML. Other parameters as for `page`.

    Examples
    --------
    >>> film = {"version": 1, "title": {"text": "f(x) = x", "mathml": ""}, "scenes": [{"svg": "<svg/>", "parts": {}}],
    ...         "styles": [], "start": 0, "where": ""}
    >>> 'sandbox="allow-scripts"' in snippet(film, "<svg/>")
    True
    """
    _check(film)
    encoded = base64.b64encode(picture.encode()).decode()
    name = escape(_plain(title if title is not None else film["title"]["text"]))
    # Nobody reads, or hears, the same twice; where the frame is left out, so is the style.
    instead = f"<style>.gad-under:has(+ iframe){{visibility:hidden}}</style>{instead}" if instead else ""
    still = instead or f'<img alt="{name}" src="data:image/svg+xml;base64,{encoded}" style="max-width:100%">'
    scene = film["scenes"][film["start"]]
    # The frame shows what the picture does; in a quiz it begins, and findings are shown where they happen.
    last = 0 if "questions" in scene else max(0, len(scene.get("steps", ())) - 1)
    first = _opening(film)
    step = last if first is None else first
    return (
        f'<div style="display:flex;flex-direction:column;height:{_FRAME}">'
        f'<div class="gad-under" style="flex:1 1 0;min-height:0;overflow:auto">{still}</div>'
        f'<iframe title="{name}" sandbox="allow-scripts" allow="fullscreen" '
        f'srcdoc="{escape(page(film, title=title, theme=theme, step=step, detail=detail))}" '
        'style="flex:none;width:100%;height:100%;border:0;background:#fff"></iframe></div>'
    )


def _has_schemes(film: Mapping[str, Any]) -> bool:
    """Whether a finding of a film shows what met in a shape that grew."""
    return any("pairing" in finding for finding in film.get("findings", ()))


def _has_ways(film: Mapping[str, Any]) -> bool:
    films = [film, *(own["film"] for own in film.get("mended", ()))]
    return any("ways" in scene for one in films for scene in one["scenes"])


def _opening(film: Mapping[str, Any]) -> int | None:
    """Return the step at which a page opens unasked: that of the first finding, or wrong line; None, the beginning.

    Paths are seen when all is known. What is moved through as a debugger does begins at the beginning, too, and invites
    to nothing else.

    Examples
    --------
    >>> _opening({"findings": [{"step": 7}]}), _opening({"debug": {}}), _opening({})
    (7, 0, None)
    """
    if "debug" in film:
        return 0
    if "paths" in film:  # after the last step, where all is known and nothing else is lit
        return len(film["scenes"][film["start"]]["steps"])
    wrong = [row for row in film.get("verdicts", {}).get("rows", ()) if row["verdict"] == "wrong" and "step" in row]
    opening = [*film.get("findings", ()), *wrong]
    return int(opening[0]["step"]) if opening else None


def _check(film: Mapping[str, Any]) -> None:
    version = film.get("version")
    if version != 1:
        raise ValueError(f"page: the film is of version {version!r}; expected 1: make it anew with this graphviz_ad")
    if not film["scenes"]:
        raise ValueError("page: the film holds no scene, since f raised at every stop; choose another slider range")


def _style(film: Mapping[str, Any]) -> str:
    """The colours, the rules of the table that this film can need, and what the still picture needs of the player's."""
    still = _FIRST.findall(sheet())
    return "\n".join(
        [
            look.tokens_css(
                ".gad", levels=colours.LEVELS[0] in film["styles"] or _has_ways(film) or _has_schemes(film)
            ),
            look.css(film["styles"]),
            *still,
            _PAGE_CSS,
        ]
    )


@lru_cache(maxsize=4)
def _packed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _solid(text: str) -> str:
    """Leave out blank lines: in Markdown they would end the block of HTML."""
    return re.sub(r"\n\s*\n", "\n", text)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(film: Mapping[str, Any]) -> str:
    """Write JSON that cannot end, or open, a script element or a comment."""
    text = json.dumps(film, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("</", r"<\/")
    return re.sub(
        "<(?=!|s)|[\u2028\u2029\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text, flags=re.IGNORECASE
    )


def _plain(text: str) -> str:
    """Leave out the characters that HTML cannot hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "\ufffd", text)
