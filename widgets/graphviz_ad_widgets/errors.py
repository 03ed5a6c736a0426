"""What the widget refuses, so that traitlets, ipywidgets and this package each recognise their own kind of error."""

from __future__ import annotations

from traitlets import TraitError

from graphviz_ad.errors import GraphvizAdError, InputError

__all__ = ["FrozenError", "SettingError", "UnknownNameError"]


class SettingError(InputError, TraitError):
    """A value that a trait of the widget cannot have; nothing was changed."""


class UnknownNameError(GraphvizAdError, AttributeError):
    """An attribute that the widget does not have, so that a misspelt slider is not silently accepted."""


class FrozenError(GraphvizAdError, TypeError):
    """An attempt to change ``w.inputs`` in place, which nothing would notice."""
