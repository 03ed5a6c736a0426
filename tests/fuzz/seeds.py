"""How many seeds a kind of cases is tried with."""

from __future__ import annotations


def cases(count):
    """Say how many cases of a kind are tried in each run, unless an option says otherwise."""

    def mark(function):
        function.cases = count
        return function

    return mark
