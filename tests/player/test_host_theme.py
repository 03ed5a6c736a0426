"""In JupyterLab and its kin the player takes the host's colours, live, as far as it stays readable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from graphviz_ad.draw import colours, theme
from graphviz_ad.filming import film
from graphviz_ad.player.script import asset, script

# JupyterLab's own two, Solarized, a middle grey on which nothing of ours can be read, and colours in newer words.
THEMES = {
    "light": "--jp-layout-color0:white;--jp-layout-color1:white;--jp-layout-color2:#eee;"
    "--jp-content-font-color1:rgba(0,0,0,.87);--jp-content-font-color2:rgba(0,0,0,.54);--jp-border-color1:#bdbdbd;"
    "--jp-border-color2:#e0e0e0",
    "dark": "--jp-layout-color0:#111;--jp-layout-color1:#212121;--jp-layout-color2:#424242;"
    "--jp-content-font-color1:#fff;--jp-content-font-color2:rgba(255,255,255,.7);--jp-border-color1:#616161;"
    "--jp-border-color2:#424242",
    "solarized": "--jp-layout-color0:#fdf6e3;--jp-layout-color1:#eee8d5;--jp-content-font-color1:#586e75;"
    "--jp-content-font-color2:#93a1a1;--jp-border-color2:#ddd6c1",
    "grey": "--jp-layout-color0:#808080;--jp-layout-color1:#888;--jp-content-font-color1:#eee",
    "mixed": "--jp-layout-color0:color-mix(in srgb, black 92%, blue);--jp-content-font-color1:hsl(60 20% 90%)",
}
TEXT = [("ink", 4.5), ("muted", 4.5), ("fwd", 4.5), ("bwd", 4.5), ("warn", 4.5), ("line", 3.0)]
OPEN = """async ([player, host, film, css, shadow]) => {
  const load = (text) => import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  const { mount } = await load(player + "export { mount };"), { followHost } = await load(host);
  const at = document.querySelector("#cell"), tree = shadow ? at.attachShadow({ mode: "open" }) : at;
  const root = document.createElement("div"), style = document.createElement("style");
  style.textContent = css;
  tree.append(style, root);
  globalThis.mounted = mount(root, film);
  globalThis.stop = followHost(root);
  globalThis.root = root;
}"""
# One frame for the host's change to be seen, one for ours to be painted.
SETTLE = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 60))"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours that the browser has computed."""

    def luminance(colour: str) -> float:
        parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=[False, True], ids=["light tree", "shadow root"])
def host(request: pytest.FixtureRequest, chromium: Any) -> Iterator[Any]:
    """A page with a host's variables, which switches its theme as a class of its body; the system prefers dark."""
    context = chromium.new_context(viewport={"width": 1100, "height": 800}, color_scheme="dark")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    rules = "".join(f"body.{name}{{{values};background:var(--jp-layout-color0)}}" for name, values in THEMES.items())
    page.set_content(f"<!doctype html><style>{rules}</style><body class=light><div id=cell></div>")
    css = theme.tokens_css() + theme.css() + asset("player.css")
    made = film(np.sin, x=(-3, 3, 0.5)).to_json()
    page.evaluate(OPEN, [script(), asset("host.js"), made, css, request.param])
    yield page
    context.close()
    assert problems == []


def tokens(page: Any) -> dict[str, str]:
    """Return our colours as the browser computes them."""
    return dict(
        page.evaluate(
            """(names) => { const probe = document.createElement("b");
              root.append(probe);
              const all = names.map((name) => {
                probe.style.color = `var(--gad-${name})`;
                const [r, g, b] = (getComputedStyle(probe).color.match(/[\\d.]+/g) ?? []).map(Number);
                return [name, `rgb(${r}, ${g}, ${b})`];
              });
              probe.remove();
              return all; }""",
            list(colours.TOKENS["light"]),
        )
    )


def switch(page: Any, name: str) -> None:
    """Let the host change its theme."""
    page.evaluate("name => (document.body.className = name)", name)
    page.evaluate(SETTLE)


@pytest.mark.parametrize("name", THEMES)
def test_the_host_is_followed_as_far_as_all_stays_readable(host: Any, name: str) -> None:
    """The palette goes by the host's background, which is taken where text on it keeps 4.5:1 and lines 3:1."""
    switch(host, name)
    found = tokens(host)
    for surface in ("bg", "panel"):
        for token, least in TEXT:
            assert contrast(found[token], found[surface]) >= least, (token, surface)
    background = host.evaluate("getComputedStyle(document.body).backgroundColor")
    dark = name in ("dark", "mixed")
    assert host.evaluate("getComputedStyle(root).colorScheme") == ("dark" if dark else "light")
    if name == "grey":
        assert found["bg"] == "rgb(255, 255, 255)"  # our own: nothing can be read on the host's
    else:
        assert contrast(found["bg"], background) < 1.02
    hue = colours.TOKENS["dark" if dark else "light"]["fwd"]
    assert found["fwd"] == f"rgb({int(hue[1:3], 16)}, {int(hue[3:5], 16)}, {int(hue[5:], 16)})"


def test_all_that_is_drawn_switches_live(host: Any) -> None:
    """Lanes, arrowheads, borders, curves and text change with the host, and nothing keeps its old colour."""
    drawn = """() => [
      ...root.querySelectorAll(".gad-pane svg *, .gad-plot *, .gad-box, button, .gad-say")].map((node) => {
      const { fill, stroke, color, backgroundColor } = getComputedStyle(node), name = node.getAttribute("class") ?? "";
      return [name, fill, stroke, color, backgroundColor];
    })"""
    switch(host, "light")
    light = host.evaluate(drawn)
    switch(host, "dark")
    dark = host.evaluate(drawn)
    palette = set(tokens(host).values()) | {"none", "rgba(0, 0, 0, 0)"}
    heads = [row for row in dark if "head" in row[0].split()]
    assert heads
    for row in dark:
        # Black is what a stroke or a head falls back to where no token reaches it.
        assert set(row[3:]) <= palette, row
        if {"head", "line", "border", "bg", "label", "slot", "mark"} & set(row[0].split()):
            assert set(row[1:3]) <= palette, row
    assert [row[3] for row in light] != [row[3] for row in dark]
    switch(host, "light")
    assert host.evaluate(drawn) == light


def test_a_late_style_sheet_and_a_change_of_one_variable_are_seen(host: Any) -> None:
    """Where the host changes neither class nor attribute, the change is seen all the same."""
    host.evaluate(
        "rules => { const style = document.createElement('style'); style.textContent = `body.light{${rules}}`;"
        " document.head.append(style); }",
        THEMES["dark"],
    )
    host.evaluate(SETTLE)
    assert tokens(host)["bg"] == "rgb(17, 17, 17)"
    host.evaluate("document.querySelector('#cell').style.setProperty('--jp-layout-color0', '#000')")
    host.evaluate(SETTLE)
    assert tokens(host)["bg"] == "rgb(0, 0, 0)"


def test_a_theme_of_its_own_is_left_alone(host: Any) -> None:
    """Light, dark and high contrast, by either name, are what they say, whatever the host does; auto follows again."""
    switch(host, "dark")
    for name in ("light", "contrast", "high-contrast", "dark"):
        host.evaluate("theme => mounted.set({ theme })", name)
        host.evaluate(SETTLE)
        own = colours.TOKENS[colours.full_name(name)]["bg"]
        assert tokens(host)["bg"] == f"rgb({int(own[1:3], 16)}, {int(own[3:5], 16)}, {int(own[5:], 16)})"
    switch(host, "solarized")
    host.evaluate("mounted.set({ theme: 'auto' })")
    host.evaluate(SETTLE)
    assert tokens(host)["bg"] == "rgb(253, 246, 227)"


def test_who_asks_for_more_contrast_gets_it(host: Any) -> None:
    """What the reader's system asks for stands above the host."""
    host.emulate_media(contrast="more", color_scheme="dark")
    for name in ("light", "dark"):
        switch(host, name)
        assert tokens(host)["bg"] == "rgb(0, 0, 0)"
        assert tokens(host)["muted"] == "rgb(255, 255, 255)"


def test_without_a_host_the_system_decides(host: Any) -> None:
    """Where no variable of a host is set, `auto` is what the system prefers, as on a page."""
    switch(host, "none")
    assert tokens(host)["bg"] == "rgb(19, 22, 26)"
    host.emulate_media(color_scheme="light")
    host.evaluate(SETTLE)
    assert tokens(host)["bg"] == "rgb(255, 255, 255)"


def test_stopped_it_leaves_nothing_behind(host: Any) -> None:
    """After `stop` the element is as it was, and the host may do what it likes."""
    switch(host, "dark")
    host.evaluate("stop()")
    left = "[root.getAttribute('style') || '', root.dataset.host, root.children.length]"
    assert host.evaluate(left) == ["", None, 1]
    switch(host, "solarized")
    assert tokens(host)["bg"] == "rgb(19, 22, 26)"
