"""Put a film into one self-contained HTML page, or into the output of a notebook cell.

The page asks for nothing: style, script and numbers are inside, and its Content-Security-Policy forbids the
rest. Its mount point holds the finished picture, which stays where scripts may not run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from graphviz_ad.draw import theme as look
from graphviz_ad.numerals import write

__all__ = ["page", "snippet"]

_FONTS = {"sans": look.SANS, "serif": look.SERIF, "mono": look.MONO}
_THEMES = ("auto", *look.THEMES)

# The picture that stands in the page is not stored a second time.
_BOOT = """
const at = document.getElementById("gad"), film = JSON.parse(document.getElementById("film").textContent);
for (const scene of film.scenes) scene.svg ||= new XMLSerializer().serializeToString(at.querySelector("svg"));
mount(at, film, { theme: at.dataset.theme, step: at.dataset.step && +at.dataset.step, keys: document });
"""

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
    picture, scene = _start(film)
    # The scene that stands in the mount point is left out of the data.
    lean = _lean(film)
    lean["scenes"] = [
        {**one, "svg": "" if old is scene else _unstyled(one["svg"])}
        for old, one in zip(film["scenes"], lean["scenes"], strict=True)
    ]
    style, script = _style(film), _script()
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
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
        f'<div class="gad-fallback"><h1>{escape(_plain(text))}</h1>{_unstyled(picture)}'
        f"<p>The finished picture{escape(_plain(_where(film)))}. It moves where scripts may run.</p></div></main>\n"
        f'<script type="application/json" id="film">{_data(lean)}</script>\n'
        f'<script type="module">{script}</script></body></html>\n'
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
    picture, scene = _start(film)
    encoded = base64.b64encode(picture.encode()).decode()
    name = escape(_plain(title if title is not None else film["title"]["text"]))
    # A sandboxed frame cannot tell its height: room for the graph, or for plot, sentence and code.
    height = round(max(float(scene.get("height", 0)) * 1.1 + 240, 860))
    return (
        f'<div style="position:relative;min-height:{height}px">'
        f'<img alt="{name}" src="data:image/svg+xml;base64,{encoded}" style="max-width:100%">'
        f'<iframe title="{name}" sandbox="allow-scripts" srcdoc="{escape(page(film, title=title, theme=theme))}" '
        'style="position:absolute;inset:0;width:100%;height:100%;border:0;background:#fff"></iframe></div>'
    )


def _lean(film: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the player can do without, and store equal columns of numbers once.

    An adjoint is often the local gradient it came from, or 1 throughout. What never changes stands in `same`.
    """
    packed = [_pack(scene, text) for scene, text in zip(film["scenes"], film.get("numbers", ()), strict=False)]
    stops, seen = dict(film["stops"]), [0] * len(film["scenes"])
    counted = []
    for scene in stops["scene"]:
        counted.append(-1 if scene < 0 else seen[scene])
        seen[scene] += scene >= 0
    if stops["row"] == counted:
        del stops["row"]
    return {
        **film,
        "stops": stops,
        "scenes": [scene for scene, _ in packed] or film["scenes"],
        "numbers": [text for _, text in packed],
    }


def _pack(scene: Mapping[str, Any], numbers: str) -> tuple[dict[str, Any], str]:
    table = _doubles(numbers).reshape(-1, max(q["c"] + q["n"] for q in scene["quantities"]))
    keys = [table[:, q["c"] : q["c"] + q["n"]].tobytes() for q in scene["quantities"]]
    source = {key: range(q["c"], q["c"] + q["n"]) for key, q in zip(keys, scene["quantities"], strict=True)}
    still = {
        key
        for key, columns in source.items()
        # JSON has no word for infinity, which therefore stays among the columns that move.
        if len(table) > 1 and np.isfinite(table[0, columns]).all() and (table[:, columns] == table[:1, columns]).all()
    }
    places: dict[bytes, int] = {}
    order: list[int] = []
    for key in sorted(source, key=still.__contains__):
        places[key] = len(order)
        order.extend(source[key])
    moving = len(order) - sum(len(source[key]) for key in still)
    quantities = [
        {name: value for name, value in {**q, "c": places[key]}.items() if value is not None}
        for key, q in zip(keys, scene["quantities"], strict=True)
    ]
    steps = [
        {**step, "stages": [{"label": stage["label"], "mathml": stage["mathml"]} for stage in step["stages"]]}
        for step in scene["steps"]
    ]
    parts = {
        name: {**part, "timeline": [_short(entry) for entry in part["timeline"]]}
        for name, part in scene["parts"].items()
    }
    same = table[0, order[moving:]].tolist() if len(table) else []
    text = base64.b64encode(table[:, order[:moving]].tobytes()).decode()
    return {**scene, "quantities": quantities, "steps": steps, "parts": parts, "same": same}, text


def _short(entry: Sequence[Any]) -> list[Any]:
    """Leave out the end of a timeline entry as far as it says nothing: no progress, no counter, no quantity.

    Examples
    --------
    >>> _short([0, "unknown", -1, "", 0]), _short([3, "now", 0, "", 0])
    ([0, 'unknown'], [3, 'now', 0])
    """
    kept = list(entry)
    for nothing in (0, "", -1):
        if kept[-1] != nothing:
            break
        kept.pop()
    return kept


def _start(film: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the picture to show first and its scene: the start stop's, else the first good one."""
    version = film.get("version")
    if version != 1:
        raise ValueError(f"page: the film is of version {version!r}; expected 1: make it anew with this graphviz_ad")
    if not film["scenes"]:
        raise ValueError("page: the film holds no scene, since f raised at every stop; choose another slider range")
    scene = film["scenes"][max(0, film["stops"]["scene"][_start_stop(film)])]
    return str(scene["svg"]), scene


def _start_stop(film: Mapping[str, Any]) -> int:
    stop = 0
    for slider in film["sliders"]:
        stop = stop * len(_doubles(slider["values"])) + int(slider["start"])
    return stop


def _doubles(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.frombuffer(base64.b64decode(text), "<f8")


def _where(film: Mapping[str, Any]) -> str:
    places = []
    for slider in film["sliders"]:
        value = _doubles(slider["values"])[int(slider["start"])]
        places.append(f"{slider['name']} = {write(value, slider['format'])}")
    return " at " + ", ".join(places) if places else ""


def _unstyled(picture: str) -> str:
    """Leave out the attributes that the style sheet of the page says again, and name the fonts in short."""
    for name, stack in _FONTS.items():
        picture = picture.replace(f'font-family="{escape(stack)}"', f'data-font="{name}"')
    return re.sub(r' (?:fill|stroke|stroke-\w+|display)="[^"<>]*"', "", picture)


def _style(film: Mapping[str, Any]) -> str:
    """The colours, the rules of the table that this film can need, and the player's own style."""
    used = {"gad-scene", "zero", "selected"}
    if any(film.get("pictures", ())) or not all(np.isfinite(_doubles(text)).all() for text in film.get("numbers", ())):
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
    return tokens + ".gad-scene{\n" + "\n".join(rules) + "\n}\n" + _asset("player.css") + _PAGE_CSS


@lru_cache(maxsize=1)
def _script() -> str:
    """The player indented by tabs, without its remarks and types: these are for who reads it in the repository."""
    remarks = r"^ *(?://.*|/\*\*[\s\S]*?\*/)\n|/\*\* @type .*?\*/ ?"
    script = re.sub(remarks, "", _asset("player.js"), flags=re.MULTILINE) + _BOOT
    return re.sub("^(?:  )+", lambda found: "\t" * (len(found[0]) // 2), script, flags=re.MULTILINE)


def _asset(name: str) -> str:
    return (files("graphviz_ad.player") / name).read_text(encoding="utf-8")


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
