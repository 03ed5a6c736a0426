"""Pictures of a story: one layout, drawn in any step, in any theme."""

from __future__ import annotations

from .frame import frame
from .scene import MAX_BOXES, Scene, make_scene

__all__ = ["MAX_BOXES", "Scene", "frame", "make_scene"]
