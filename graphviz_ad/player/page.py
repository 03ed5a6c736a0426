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
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

import numpy as np

from graphviz_ad.draw import theme as look
from graphviz_ad.films.slim import doubles, lean, start_scene
from graphviz_ad.numerals import write
from graphviz_ad.player.script import asset, script

__all__ = ["page", "snippet"]

_FONTS = {"sans": look.SANS, "serif": look.SERIF, "mono": look.MONO}
_THEMES = ("auto", *look.THEMES)

# What only the player needs of the style travels with it. The picture that stands in the page is not stored twice.
_BOOT = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets = [sheet];
const at = document.getElementById("gad"), film = JSON.parse(document.getElementById("film").textContent);
for (const scene of film.scenes) scene.svg ||= new XMLSerializer().serializeToString(at.querySelector("svg"));
mount(at, film, { theme: at.dataset.theme, step: at.dataset.step && +at.dataset.step, keys: document });
"""
# The player travels compressed, and runs because the policy names its digest.
_UNPACK = """
const packed = Uint8Array.from(atob(document.getElementById("player").textContent), (char) => char.charCodeAt(0));
const player = Object.assign(document.createElement("script"), { type: "module" });
const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
player.textContent = await new Response(unpacked).text();
document.head.append(player);
"""

_FIRST = re.compile(r"\A\.gad\{[^}]*\}|^\.gad-fallback[^{]*\{[^}]*\}", re.MULTILINE)
_PAGE_CSS = (
    "body.gad-page{margin:0;padding:8px;container-type:normal}@media(max-width:660px){body.gad-page{padding:0}}\n"
)


def page(film: Mapping[str, Any], *, title: str | None = None, theme: str = "auto", step: int | None = None) -> str:
    """Write the film as one HTML page that needs nothing else.

    Parameters
    ----------
    film : mapping
        What `Film.to_json` gives.
    title : str, optional
        The title of the window; the film's own by default.
    theme : str
        ``auto`` (as the reader's system prefers), ``light``, ``dark`` or ``contrast``.
    step : int, optional
        The step of the story that is shown first, from 0; the last one unless given.

    Returns
    -------
    str
        HTML. Save it as UTF-8.

    Raises
    ------
    ValueError
        If the theme is unknown, the film is of another version, or it holds no scene.

    Examples
    --------
    >>> film = {"version": 1, "title": {"text": "f(x) = x", "mathml": ""}, "sliders": [],
    ...         "stops": {"scene": [0], "row": [0]}, "scenes": [{"svg": "<svg/>"}]}
    >>> html = page(film, title="</title><script>")
    >>> html.startswith("<!doctype html>"), "&lt;/title&gt;&lt;script&gt;" in html
    (True, True)
    """
    if theme not in _THEMES:
        raise ValueError(f"page: theme is {theme!r}; expected one of {', '.join(_THEMES)}")
    scene = start_scene(film)
    data = lean(film)
    # The picture that stands in the mount point is left out of the data.
    data["scenes"] = [
        {**one, "svg": "" if old is scene else _unstyled(one["svg"])}
        for old, one in zip(film["scenes"], data["scenes"], strict=True)
    ]
    style, player = _solid(_style(film)), f"const STYLE = {json.dumps(asset('player.css'))};\n{script()}{_BOOT}"
    policy = (
        f"default-src 'none'; script-src '{_digest(_UNPACK)}' '{_digest(player)}'; style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    text = film["title"]["text"]
    first = "" if step is None else f' data-step="{step:d}"'
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(_plain(title if title is not None else text))}</title>\n"
        f"<style>{style}</style></head>\n"
        f'<body class="gad gad-page" data-theme="{theme}"><main id="gad" class="gad" data-theme="{theme}"{first}>'
        f'<div class="gad-fallback"><h1>{escape(_plain(text))}</h1>{_unstyled(scene["svg"])}'
        f"<p>The finished picture{escape(_plain(_where(film)))}. It moves where scripts may run.</p></div></main>\n"
        f'<script type="application/json" id="film">{_data(data)}</script>\n'
        f'<script type="text/plain" id="player">{_packed(player)}</script>\n'
        f'<script type="module">{_UNPACK}</script></body></html>\n'
    )


def snippet(film: Mapping[str, Any], *, title: str | None = None, theme: str = "auto") -> str:
    """Write the film for a notebook: the page in a sandboxed frame, laid over the static picture.

    A notebook that is not trusted strips the frame and shows the picture. Parameters as for `page`.

    Examples
    --------
    >>> film = {"version": 1, "title": {"text": "f(x) = x", "mathml": ""}, "sliders": [],
    ...         "stops": {"scene": [0], "row": [0]}, "scenes": [{"svg": "<svg/>", "height": 200}]}
    >>> 'sandbox="allow-scripts"' in snippet(film)
    True
    """
    scene = start_scene(film)
    encoded = base64.b64encode(scene["svg"].encode()).decode()
    name = escape(_plain(title if title is not None else film["title"]["text"]))
    # A sandboxed frame cannot tell its height: room for the graph, or for plot, sentence and code.
    height = round(max(float(scene.get("height", 0)) * 1.1 + 240, 860))
    return (
        f'<div style="position:relative;min-height:{height}px">'
        f'<img alt="{name}" src="data:image/svg+xml;base64,{encoded}" style="max-width:100%">'
        f'<iframe title="{name}" sandbox="allow-scripts" allow="fullscreen" '
        f'srcdoc="{escape(page(film, title=title, theme=theme))}" '
        'style="position:absolute;inset:0;width:100%;height:100%;border:0;background:#fff"></iframe></div>'
    )


def _where(film: Mapping[str, Any]) -> str:
    places = []
    for slider in film["sliders"]:
        value = doubles(slider["values"])[int(slider["start"])]
        places.append(f"{slider['name']} = {write(value, slider['format'])}")
    return " at " + ", ".join(places) if places else ""


def _unstyled(picture: str) -> str:
    """Leave out the attributes that the style sheet of the page says again, and name the fonts in short."""
    for name, stack in _FONTS.items():
        picture = picture.replace(f'font-family="{escape(stack)}"', f'data-font="{name}"')
    return re.sub(r' (?:fill|stroke|stroke-\w+|display)="[^"<>]*"', "", picture)


def _style(film: Mapping[str, Any]) -> str:
    """The colours, the rules of the table that this film can need, and what the still picture needs of the player's."""
    used = {"gad-scene", "zero", "selected"}
    if any(film.get("pictures", ())) or not all(np.isfinite(doubles(text)).all() for text in film.get("numbers", ())):
        used.add("bad")
    for scene in film["scenes"]:
        used.update(word for found in re.findall(r' class="([^"]*)"', scene["svg"]) for word in found.split())
        used.update(entry[1] for part in scene.get("parts", {}).values() for entry in part["timeline"])
    rules = []
    for line in look.css().splitlines():
        selectors, brace, body = line.partition("{")
        kept = [one for one in selectors.split(",") if set(re.findall(r"\.([\w-]+)", one)) <= used]
        if kept:
            # Nested, the scope is said once instead of 250 times.
            rules.append(",".join(kept).replace(".gad-scene ", "") + brace + body)
    tokens = look.tokens_css(".gad")
    if not used & {f"l{level}" for level in range(9)}:
        tokens = re.sub(r"--gad-l\d:[^;}]*;?", "", tokens)
    rules.extend(f"[data-font={name}]{{font-family:{stack}}}" for name, stack in _FONTS.items())
    still = _FIRST.findall(asset("player.css"))
    return "\n".join([tokens, ".gad-scene{", *rules, "}", *still, _PAGE_CSS])


@lru_cache(maxsize=1)
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
        "<(?=!|s)|[\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text, flags=re.IGNORECASE
    )


def _plain(text: str) -> str:
    """Leave out the characters that HTML cannot hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "\ufffd", text)
