"""What findings change in a picture: flags go up, and the factor to blame is inverted.

All of it are states of parts, which painters show as they show any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphviz_ad.draw.flags import flag_part, planted
from graphviz_ad.draw.parts import edge_part, node_part
from graphviz_ad.draw.timeline import Entry, Part
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.accounts import Account
from graphviz_ad.story.steps import Story

__all__ = ["marked"]


def marked(parts: Mapping[str, Part], story: Story) -> dict[str, Part]:
    """Return the parts of a picture as its findings mark them; without findings as they are."""
    changed = dict(parts)
    for account in story.findings:
        if account.blamed is not None:
            changed |= dict(_singled_out(parts, story, account, account.blamed))
    for verdict in story.verdicts:
        if verdict.blamed is not None:
            socket = edge_part(verdict.blamed.node, verdict.blamed.argument, "socket")
            changed[socket] = _with_state(parts[socket], "blamed", ("now", "known"))
    for at, one in planted(story).items():
        changed[flag_part(at)] = Part(one.flag.tone, (Entry(0, "furled"), Entry(one.step, "flown")))
    return changed


def _singled_out(
    parts: Mapping[str, Part], story: Story, account: Account, factor: Quantity
) -> Iterator[tuple[str, Part]]:
    """Yield what looks otherwise where a factor is to blame: it is inverted, or the entries that are lost."""
    child, argument = factor.node, factor.argument
    socket = edge_part(child, argument, "socket")
    if account.tone == "blame":
        yield socket, _with_state(parts[socket], "blamed", ("now", "known", "cut"))
        return
    if account.framed:
        parent = next(edge.parent for edge in story.edges if (edge.child, edge.argument) == (child, argument))
        for name in (socket, node_part(parent, "adjoint")):
            yield name, _with_state(parts[name], "known", ("now",))


def _with_state(part: Part, state: str, of: tuple[str, ...]) -> Part:
    """Return a part that is in one state where it was in some others."""
    entries: list[Entry] = []
    for entry in part.timeline:
        entry = entry._replace(state=state) if entry.state in of else entry
        if not entries or entry != entries[-1]._replace(step=entry.step):
            entries.append(entry)
    return Part(part.kind, tuple(entries))
