"""The notebook widget of graphviz_ad: `explore` makes an `Explorer`.

It stands in a package of its own, so that ``import graphviz_ad`` needs no Jupyter.
"""

from __future__ import annotations

from graphviz_ad_widgets.explorer import Explorer
from graphviz_ad_widgets.exploring import explore

__all__ = ["Explorer", "explore"]
