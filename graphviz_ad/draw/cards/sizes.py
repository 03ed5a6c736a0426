"""What the parts of a card measure, in px at scale 1, and how much of each is shown."""

from __future__ import annotations

MOST_PADS = 4
"""Up to so many uses have a pad each, with its number; beyond, a tick each, and the numbers are in the table."""
MOST_LABEL = 180.0
"""How wide what an edge says may make its socket."""
SOCKET_SIZE = 13.0
"""The size of type in a socket."""
MOST_TITLE = 380.0
"""How wide a title may make a card; what is longer is cut, and in full where one points at it."""
CARD = 128
TITLE = 26
SOCKET, SOCKET_HEIGHT, SOCKET_GAP = 88, 38, 6
SUMMING_HEIGHT = 56  # of sockets with a sum line
SHAPE_HEIGHT = 26  # of those that say a shape
PAD, PAD_HEIGHT, PAD_GAP = 92, 43, 8
EXIT_HEIGHT = 31  # of the pads of forward mode, which have no number
TICK, TICK_HEIGHT = 26, 20
NARROW_TICK = 20
ROW_HEIGHT = {"scalar": 21, "cells": 26, "array": 44}
PICTURE_MARGIN = 10  # of a map, above and below together
PICTURE_ROOM = 76.0  # the least that thumbnails take, so that ranges stand below each other
EDGE = 9.0  # from the border of a card to the text inside
LABEL = 24.0  # where the label of a row starts, after its triangle
CELL = 28.0
GRID_CELL, GRID_MARGIN = 20.0, 4  # how high a cell of a matrix is, and what is above and below all of them
TITLE_SIZE, NUMBER_SIZE, LABEL_SIZE, CELL_SIZE, RANGE_SIZE = 15.5, 14.0, 14.0, 13.0, 11.5
MARK_ROOM = 26.0  # of the mark before what a socket says in one of two modes
GRID_SIZE = 12.0
SMALL_NUMBER, PAD_SIZE, NOTE_SIZE, TAG_SIZE = 12.5, 12.0, 12.0, 12.0
