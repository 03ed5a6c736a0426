"""What becomes of an adjoint on its way back through a structural rule, as a sentence in full words says it.

On an edge of the picture there is room for a few words, such as "to every summand"; a sentence needs a verb.
"""

from __future__ import annotations

import re

__all__ = ["predicate"]

_ONE_BY_ONE = {
    "to every summand": "goes back, each to all of its summands",
    "back to its place": "goes back, each to its place",
    "to where it stood": "goes back, each to where it stood",
    "to where it was first": "goes back, each to where it was first",
    "to its two neighbours": "goes back, each to its two neighbours",
    "lower triangle": "keep their lower triangle",
    "upper triangle": "keep their upper triangle",
    "the diagonal back": "give back their diagonal",
    "move back": "have their axes moved back",
    "swap back": "have their axes swapped back",
}
"""What several numbers do of which each goes its own way."""

_SENTENCES = {
    "conjugate back": "is conjugated again",
    "convolve with the other": "is convolved with the other",
    "correlate with the other": "is correlated with the other",
    "flip back": "is flipped back",
    "from where it was added": "is taken from where it was added",
    "into its dtype": "is brought into its dtype",
    "lower triangle": "keeps its lower triangle",
    "move back": "has its axes moved back",
    "pick again": "is picked at the same places again",
    "reshape back": "is brought back into shape",
    "roll back": "is rolled back",
    "share equally": "is shared out equally",
    "shift back": "is shifted back",
    "sums with the first": "is multiplied by the first and added up",
    "sums with the other": "is multiplied by the other and added up",
    "sums with the second": "is multiplied by the second and added up",
    "sums of the padding": "is added up over the padding",
    "swap back": "has its axes swapped back",
    "the diagonal back": "gives back its diagonal",
    "the same transform": "goes through the same transform",
    "times inverseᵀ": "is multiplied by the transposed inverse",
    "times the others": "is multiplied by the product of the others",
    "to all from here on": "is added up from each place to the end",
    "to highest, minus lowest": "goes back to the highest, and with a minus to the lowest",
    "transpose back": "is transposed back",
    "turn back": "is turned back",
    "unchanged": "goes on unchanged",
    "upper triangle": "keeps its upper triangle",
    "what was inserted": "counts where it was inserted",
    "what was kept": "counts where nothing was written",
    "what was there": "counts where nothing was inserted",
    "what was written": "counts where it was written",
    "where false": "counts where the condition is false",
    "where it is finite": "counts where the number is finite",
    "where true": "counts where the condition is true",
    "with the axis again": "gets the axis back",
    "within the bounds": "counts within the bounds",
    "without the axis": "loses the axis again",
    "without the padding": "loses the padding",
    "Σ copies": "is added up over the copies",
    "Σ windows": "is added up over the windows",
}

_KINDS = (
    (re.compile(r"times (2\(u − mean\)/.+|each entry's share|its slope there|"
                r"the (?:cofactors|other|power of 2|powers))"),
     r"is multiplied by \1"),
    (re.compile(r"((?:piece|slice) \d+)"), r"is cut up, and \1 goes back"),
    (re.compile(r"back (.+)"), r"goes back \1"),
    (re.compile(r"(to (?:every|the|where|its two) .+)"), r"goes back \1"),
)  # fmt: skip
"""Labels that differ in a part only, and their sentences."""

_SEVERAL = {"is": "are", "goes": "go", "counts": "count", "has": "have", "gives": "give", "gets": "get",
            "keeps": "keep", "loses": "lose"}  # fmt: skip


def predicate(label: str, *, one: bool) -> str:
    """Return what an adjoint does, a single number or several; empty where there are only the words of the picture.

    Examples
    --------
    >>> predicate("share equally", one=True), predicate("where true", one=False)
    ('is shared out equally', 'count where the condition is true')
    >>> predicate("back to its place", one=True), predicate("back to its place", one=False)
    ('goes back to its place', 'go back, each to its place')
    >>> predicate("between two solves", one=True)
    ''
    """
    said = _SENTENCES.get(label, "") if one else _ONE_BY_ONE.get(label, _SENTENCES.get(label, ""))
    if not said:
        matches = ((pattern.fullmatch(label), sentence) for pattern, sentence in _KINDS)
        said = next((match.expand(sentence) for match, sentence in matches if match), "")
    verb, *rest = said.split(" ")
    return " ".join([verb if one else _SEVERAL.get(verb, verb), *rest])
