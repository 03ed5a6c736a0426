"""A ledger as plain data for programs: every call with its entries, every array whole.

``version`` is raised when a field changes its meaning or goes, and stays when only something is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphviz_ad.console import visible
from graphviz_ad.debugging.document import as_json
from graphviz_ad.debugging.findings import SEVERITIES
from graphviz_ad.debugging.ledger.book import Book
from graphviz_ad.debugging.ledger.records import Call, Entry, LedgerFinding, Place, Step

__all__ = ["VERSION", "ledger_document"]

VERSION = 1


def ledger_document(book: Book, findings: Sequence[LedgerFinding]) -> dict[str, Any]:
    """Return a ledger as what JSON has."""
    counts = {severity: sum(own.severity == severity for own in findings) for severity in SEVERITIES}
    return {
        "format": "graphviz_ad ledger",
        "version": VERSION,
        "ok": not counts["error"] and not counts["warning"],
        "counts": counts,
        "calls": [_call(call) for call in book.calls],
        "steps": [_step(step) for step in book.steps],
        "findings": [_finding(finding) for finding in findings],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": visible(place.file), "line": place.line, "expression": visible(place.expression)}


def _call(call: Call) -> dict[str, Any]:
    return {
        "call": call.number,
        "step": call.step,
        **_place(call.place),
        "value": as_json(call.value),
        "error": visible(call.error) or None,
        "entries": [_entry(entry) for entry in call.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "leaf": visible(entry.leaf),
        "index": entry.index,
        "value": as_json(entry.value),
        "before": as_json(entry.before),
        "added": as_json(entry.added),
        "after": as_json(entry.after),
        "calls": list(entry.calls),
        "zeroed": entry.zeroed,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "leaf": visible(step.leaf),
        "step": step.number,
        **_place(step.place),
        "before": as_json(step.before),
        "after": as_json(step.after),
        "calls": list(step.calls),
    }


def _finding(finding: LedgerFinding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "title": visible(finding.title),
        "sentence": visible(finding.sentence),
        "file": visible(finding.file) or None,
        "line": finding.line,
        "expression": visible(finding.expression),
        "leaves": [visible(name) for name in finding.reaches],
        "calls": list(finding.calls),
        "remedy": visible(finding.remedy) or None,
    }
