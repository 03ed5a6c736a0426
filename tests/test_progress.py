"""A call that lasts says so where somebody waits for it, and is silent where nobody does, or where it is quick."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time

import pytest

pty = pytest.importorskip("pty")

PROGRAM = """
import sys, time
import numpy as np
import graphviz_ad as gad, graphviz_ad.progress as progress
progress.PATIENCE = float(sys.argv[2])

def slow(x):
    time.sleep(float(sys.argv[1]))
    return np.sin(x)

try:
    print(gad.check(slow, 1.0).ok)
except KeyboardInterrupt:
    print("stopped")
"""


def run_in_a_terminal(seconds, patience=0.05, send=b""):
    """Run the program with a pseudo-terminal for its standard streams, and return what it shows."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, str(seconds), str(patience)]
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    process = subprocess.Popen(command, **streams, start_new_session=True, preexec_fn=_take_terminal)
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:  # nobody writes any more
            break
        if send and b"runs" in shown:
            os.write(ours, send)
            send = b""
    process.wait(timeout=30)
    os.close(ours)
    return shown.decode()


def test_a_question_of_the_function_is_not_written_over():
    """Not while it waits for its answer; afterwards the work goes on to be told."""
    program = PROGRAM.replace(
        "    return np.sin(x)", "    name = input('who? ')\n    time.sleep(1)\n    return np.sin(x)"
    )
    ours, theirs = pty.openpty()
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    command = [sys.executable, "-c", program, "0.5", "0.05"]
    process = subprocess.Popen(command, **streams, start_new_session=True, preexec_fn=_take_terminal)
    os.close(theirs)
    shown = b""
    while b"who? " not in shown:
        shown += os.read(ours, 4096)
    assert not select.select([ours], [], [], 1.0)[0]
    os.write(ours, b"Ada\n")
    with contextlib.suppress(OSError):  # nobody writes any more
        while part := os.read(ours, 4096):
            shown += part
    assert process.wait(timeout=30) == 0
    os.close(ours)
    before, _, after = shown.decode().partition("who? ")
    assert "runs" in before
    assert before.endswith("\r")
    assert "runs" in after
    assert after.rstrip().endswith("True")


def _take_terminal():
    import fcntl
    import signal
    import termios

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what a shell starts in the background ignores it
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_a_call_that_lasts_says_what_it_does_and_wipes_it_away():
    shown = run_in_a_terminal(1.0)
    before, _, after = shown.partition("True")
    assert "\rcheck: slow runs (0 s)" in before
    assert before.endswith(" \r")
    assert after.strip() == ""


def test_a_call_that_lasts_is_interrupted_by_ctrl_c():
    began = time.monotonic()
    assert "stopped" in run_in_a_terminal(60, send=b"\x03")
    assert time.monotonic() - began < 60


def test_a_quick_call_is_silent():
    assert run_in_a_terminal(0, patience=60).strip() == "True"


def test_nothing_is_said_where_nobody_waits():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "0.4", "0.05"],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert (done.stdout.strip(), done.stderr) == ("True", "")
