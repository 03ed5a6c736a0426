"""Talking to the person: on a terminal with history, completion and keys, and line by line where a program types.

The screen is the upper part of the prompt: it is drawn anew after each command, and when the window changes its size.
What a command answers stays above it.
"""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from graphviz_ad.debugging.columns import Look, fitted, width, wrapped
from graphviz_ad.debugging.stepping.stepper import Stepper, Stop
from graphviz_ad.errors import InputError, text_of
from graphviz_ad.terminal.commands import COMMANDS, Answer, answer, command_of
from graphviz_ad.terminal.screen import Room, screen

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.formatted_text import ANSI
    from prompt_toolkit.key_binding import KeyBindings

__all__ = ["converse"]

_PROMPT = "(gad) "
_ROWS = 24  # of a screen where nobody sees it
_LEAST = 8  # rows of a screen below a long answer
_KEYS = {"right": "s", "left": "back", "s-right": "n", "s-up": "r", "f8": "c"}
_PLACES = ("b", "break", "tbreak", "to", "p", "pp", "watch", "display")


def converse(stepper: Stepper, remark: str = "") -> None:
    """Show where the stepper is and follow what is typed, until that ends or the person leaves.

    Parameters
    ----------
    stepper : Stepper
    remark : str
        What is to be said at first.
    """
    conversation = _Conversation(stepper, remark)
    try:
        if _is_terminal(sys.stdin) and _is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb":
            _on_terminal(conversation)
        else:
            _line_by_line(conversation)
    except BrokenPipeError:  # whoever read has seen enough; Python flushes once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Conversation:
    """Where it has come to: what stopped it, what an empty line repeats, and how many rows the last answer takes."""

    def __init__(self, stepper: Stepper, remark: str) -> None:
        self.stepper = stepper
        self.stop = Stop(stepper.position, remark=remark)
        self.last = ""
        self.answered = 0
        look = Look.of(sys.stdout)
        self.say = look.say
        self.colours = bool(look.strong("x") != "x")

    def room(self, columns: int, rows: int) -> Room:
        """Return the room for a screen."""
        return Room(max(columns, 20), rows, self.say, self.colours)

    def screen(self, columns: int, rows: int) -> list[Text]:
        """Return the screen as it is now."""
        return screen(self.stepper, self.stop, self.room(columns, rows))

    def follow(self, line: str, columns: int) -> Answer:
        """Follow a line; what cannot be followed is answered with the reason."""
        reply = self._followed(line.strip() or self.last, columns)
        return replace(reply, lines=[part for own in reply.lines for part in _fitting(own, max(columns, 20))])

    def _followed(self, line: str, columns: int) -> Answer:
        if not line:
            return Answer()
        command = command_of(line.split()[0])
        # As pdb does: an empty line moves on in the same way, and sets nothing twice.
        self.last = line if command is not None and command.names[0] in _REPEATED else ""
        try:
            reply = answer(self.stepper, line, self.room(columns, _ROWS))
        except InputError as error:
            self.last = ""
            return Answer(lines=[Text(self.say(text_of(error)))])
        except KeyboardInterrupt:  # while a condition or a watch was computed
            self.last = ""
            return Answer(lines=[Text("interrupted")])
        if reply.stop is not None:
            self.stop = reply.stop
        return reply

    def beside(self, rows: int) -> int:
        """Return how many rows of a window a screen may take, so that the last answer is still seen above it."""
        return max(rows - 2 - self.answered, min(_LEAST, rows - 2))

    def written(self, lines: Sequence[Text], columns: int) -> str:
        """Return lines with their colours, where there are any."""
        if not self.colours:
            return "".join(f"{line.plain.rstrip()}\n" for line in lines)
        page = io.StringIO()
        console = Console(file=page, width=columns, force_terminal=True, highlight=False, legacy_windows=False)
        for line in lines:
            console.print(line, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
        return page.getvalue()


def _fitting(line: Text, columns: int) -> list[Text]:
    """Return a line of an answer as lines that there is room for, broken at blanks where there are any."""
    if width(line.plain) <= columns:
        return [line]
    rows = []
    for text in wrapped(line.plain, columns):
        while width(text) > columns:
            head = fitted(text, columns, "")
            rows.append(head)
            text = text[len(head) :]
        rows.append(text)
    return [Text(row) for row in rows]


_REPEATED = ("s", "n", "r", "unt", "back", "c", "rc", "to")


# -- line by line -----------------------------------------------------------------------------------------------------


def _line_by_line(conversation: _Conversation) -> None:
    """Read commands from standard input and print each with its answer, so that programs and files can type them."""
    columns = shutil.get_terminal_size((80, _ROWS)).columns
    _say(conversation.written(conversation.screen(columns, _ROWS), columns))
    for line in _lines():
        reply = conversation.follow(line, columns)
        lines = [*reply.lines]
        if reply.stop is not None:
            lines = [*lines, *conversation.screen(columns, _ROWS)]
        _say(conversation.written(lines, columns))
        if reply.is_over:
            return


def _lines() -> Iterator[str]:
    """Yield what is typed, which is repeated where it is not seen otherwise."""
    while True:
        try:
            line = input(_PROMPT)
        except EOFError:
            _say("\n")
            return
        except KeyboardInterrupt:  # takes back the line
            _say("\n")
            continue
        if not _is_terminal(sys.stdin):
            _say(f"{line}\n")
        yield line


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # no stream, or a closed one
        return False


# -- on a terminal ----------------------------------------------------------------------------------------------------


def _on_terminal(conversation: _Conversation) -> None:
    session = _session(conversation)

    def size() -> tuple[int, int]:
        window = session.app.output.get_size()
        return window.columns, window.rows

    def prompt() -> ANSI:
        from prompt_toolkit.formatted_text import ANSI

        columns, rows = size()
        return ANSI(
            conversation.written(conversation.screen(columns, conversation.beside(rows)), columns) + "\n" + _PROMPT
        )

    while True:
        try:
            line = session.prompt(prompt, in_thread=_is_in_loop())
        except KeyboardInterrupt:  # takes back the line
            continue
        except EOFError:
            break
        columns, _ = size()
        reply = conversation.follow(line, columns)
        if reply.is_over:
            break
        conversation.answered = len(reply.lines) + 1 if reply.lines else 0
        if reply.lines:
            _say(conversation.written([Text(f"{_PROMPT}{line}", style="dim"), *reply.lines], columns))
    columns, rows = size()
    _say(conversation.written(conversation.screen(columns, rows - 2), columns))


def _is_in_loop() -> bool:
    """Whether asyncio is running here already, as in some shells, so that the prompt needs a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _session(conversation: _Conversation) -> PromptSession[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import InMemoryHistory
    from prompt_toolkit.shortcuts import CompleteStyle

    course = conversation.stepper.course
    names = [name for command in COMMANDS for name in command.names]
    operations = dict.fromkeys(card.primitive for card in course.story.nodes if card.primitive)
    nodes = [*course.known_names, *(f"{name}.adjoint" for name in course.known_names), *operations]

    def words() -> list[str]:
        typed = session.default_buffer.document.text_before_cursor
        return nodes if typed.partition(" ")[0] in _PLACES and " " in typed else names

    session: PromptSession[str] = PromptSession(
        history=InMemoryHistory(),
        completer=WordCompleter(words, WORD=True),
        complete_while_typing=False,
        complete_style=CompleteStyle.READLINE_LIKE,
        key_bindings=_keys(),
        erase_when_done=True,
    )
    return session


def _keys() -> KeyBindings:
    """Return the keys that move where nothing is typed yet."""
    from prompt_toolkit.application import get_app
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()
    is_empty = Condition(lambda: not get_app().current_buffer.text)
    for key, command in _KEYS.items():

        @keys.add(key, filter=is_empty)
        def _(event: Any, command: str = command) -> None:
            event.current_buffer.text = command
            event.current_buffer.validate_and_handle()

    return keys
