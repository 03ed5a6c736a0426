"""The command line of the benchmarks, and the tables they print."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

import graphviz_ad as gad

from .contenders import PEERS, Contender, load
from .fresh import import_seconds, in_fresh_process, median_of
from .sliding import FRAME_GOAL, TIMES_FASTER_GOAL, slide
from .timing import deviation, interleave
from .workloads import WORKLOADS

__all__ = ["main"]

# The first rung: at most so many times the derivative written by hand.
GOALS = {
    "W1": 15,
    "W2a": 7.5,
    "W2b": 10,
    "W3a": 4,
    "W3b": 120,
    "W4": 1.6,
    "W5": 1.12,
    "W6a": 50,
    "W6b": 20,
    "W7": 4,
    "W8": 10,
}
MEMORY_GOAL = 210  # bytes a node
MILLION_GOAL = 0.2  # of PyTorch's time
IMPORT_GOAL = 0.060  # seconds
CHECK_GOAL = 3  # times the recording alone
PICTURE_GOAL = 0.150  # seconds

TOLERANCE = 1e-9
TIMED = [name for name in WORKLOADS if name != "W2c"]
AGREE, DISAGREE = 0, 1


def main(arguments: list[str]) -> int:
    """Print the tables asked for; return 0, or 1 when a gradient differs from the one written by hand."""
    options = _parser().parse_args(arguments)
    contenders, missing = load(options.peers)
    _print_head(contenders, missing, options.keep_leaves)
    asked = options.what or [*TIMED, *OTHERS]
    outcome = AGREE
    timed = [name for name in asked if name not in OTHERS]
    if timed:
        print(f"\n{'':<5}{'':<13}{'median':>10}{'x hand':>9}  {'middle half':<16}first rung")
    for name in timed:
        outcome |= _print_workload(name, contenders, options)
    for name in asked:
        if name in OTHERS:
            print()
            outcome |= OTHERS[name](contenders, options.rounds)
    return outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Times forward, recording and backward as multiples of derivatives written by hand.",
        epilog=f"Everything unless named. Peers, where installed: {', '.join(PEERS)}.",
    )
    parser.add_argument("what", nargs="*", metavar="NAME", type=_name, help=", ".join((*TIMED, *OTHERS)))
    parser.add_argument("--rounds", type=_rounds, metavar="N", help="interleaved rounds (5 to 15, as time permits)")
    parser.add_argument("--peers", type=_peers, default=PEERS, help="'none', or names with commas between (all)")
    parser.add_argument("--keep-leaves", action="store_true", help="make leaves once instead of in every run")
    return parser


def _name(text: str) -> str:
    if text not in OTHERS and text not in TIMED:
        raise argparse.ArgumentTypeError(f"unknown {text!r}; expected one of {', '.join((*TIMED, *OTHERS))}")
    return text


def _rounds(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1, got {text!r}")
    return int(text)


def _peers(text: str) -> tuple[str, ...]:
    names = () if text == "none" else tuple(PEERS if text == "all" else text.split(","))
    if unknown := [name for name in names if name not in PEERS]:
        raise argparse.ArgumentTypeError(
            f"unknown peer {unknown[0]!r}; expected none, all or some of {', '.join(PEERS)}"
        )
    return names


def _print_head(contenders: dict[str, Contender], missing: dict[str, str], keep: bool) -> None:
    load_average = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(
        f"{platform.python_implementation()} {platform.python_version()}, NumPy {np.__version__}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{load_average}"
    )
    threads = os.environ.get("OPENBLAS_NUM_THREADS")
    print(f"NumPy's BLAS: {'one thread' if threads == '1' else 'its own number of threads'}")
    for contender in contenders.values():
        print(f"{contender.name} {contender.version}{f': {contender.note}' if contender.note else ''}")
    if missing:
        print("left out: " + ", ".join(f"{name} ({why})" for name, why in missing.items()))
    print(
        f"Times: forward, recording and backward{'' if keep else ', and making the leaves from NumPy data'};\n"
        "processor time, medians of interleaved rounds. Each gradient is first compared with the one by hand, to 1e-9."
    )


def _print_workload(name: str, contenders: dict[str, Contender], options: argparse.Namespace) -> int:
    workload = WORKLOADS[name]
    print(f"{name:<5}{workload.title}", flush=True)
    hand = workload.by_hand()
    expected = _copied(hand())
    runs: dict[str, Callable[[], Any]] = {"hand": hand}
    absent: dict[str, str] = {}
    outcome = AGREE
    for contender in contenders.values():
        run = contender.gradient(name, workload, options.keep_leaves)
        if run is None:
            absent[contender.name] = "cannot"
        elif (off := deviation(run(), expected)) > TOLERANCE:
            absent[contender.name] = f"WRONG: off by {off:.1e} of the gradient written by hand"
            outcome = DISAGREE
        else:
            runs[contender.name] = run
    timings = interleave(runs, options.rounds)
    for key, timing in timings.items():
        low, high = timing.quartiles
        spread = "" if key == "hand" else f"{_ratio(low)} to {_ratio(high)}"
        verdict = _verdict(timing.ratio, GOALS[name], f"{GOALS[name]:g}") if key == "graphviz_ad" else ""
        print(f"{'':<5}{key:<13}{_time(timing.median):>10}{_ratio(timing.ratio):>9}  {spread:<16}{verdict}".rstrip())
    for key, why in absent.items():
        print(f"{'':<5}{key:<13}{why}")
    print(f"{'':<5}({len(timings['hand'].seconds)} rounds)", flush=True)
    return outcome


def _print_memory(contenders: dict[str, Contender], rounds: int | None) -> int:
    print("memory  99,999 operations on numbers, kept, in fresh processes: bytes a node")
    print(f"{'':<5}{'':<13}{'resident':>10}{'Python':>9}  (Python's allocator; C++ is not in it)")
    for name in contenders:
        resident = median_of([in_fresh_process("memory", name) for _ in range(rounds or 3)])["bytes"]
        counted = f"{in_fresh_process('allocated', name)['bytes']:.0f}" if name != "torch" else "-"
        verdict = _verdict(resident, MEMORY_GOAL, f"{MEMORY_GOAL} bytes") if name == "graphviz_ad" else ""
        print(f"{'':<5}{name:<13}{resident:>10.0f}{counted:>9}  {verdict}".rstrip(), flush=True)
    return AGREE


def _print_million(contenders: dict[str, Contender], rounds: int | None) -> int:
    print(f"W2c  {WORKLOADS['W2c'].title}, in fresh processes, interleaved, processor time")
    print(f"{'':<5}{'':<13}{'record':>10}{'sweep':>10}{'free':>10}{'together':>10}{'x hand':>9}")
    names = [name for name in ("hand", "graphviz_ad", "torch") if name == "hand" or name in contenders]
    results: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds or 3):
        for name in names:
            results[name].append(in_fresh_process("million", name))
    medians = {name: median_of(each) for name, each in results.items()}
    hand = medians["hand"]
    outcome = AGREE
    for name, each in medians.items():
        columns = "".join(
            f"{_time(each[key]) if key in each else '':>10}" for key in ("record", "differentiate", "free")
        )
        print(
            f"{'':<5}{name:<13}{columns}{_time(each['together']):>10}{_ratio(each['together'] / hand['together']):>9}"
        )
        if (off := deviation(each["gradient"], hand["gradient"])) > TOLERANCE:
            print(f"{'':<5}{name:<13}WRONG: off by {off:.1e} of the gradient written by hand")
            outcome = DISAGREE
    if "torch" not in medians:
        print(f"{'':<5}the goal is a part of PyTorch's time, which is not here")
        return outcome
    parts = [
        ours["together"] / theirs["together"]
        for ours, theirs in zip(results["graphviz_ad"], results["torch"], strict=True)
    ]
    part = statistics.median(parts)
    print(
        f"{'':<5}{part:.3f} of PyTorch's time ({min(parts):.3f} to {max(parts):.3f}): "
        f"{_verdict(part, MILLION_GOAL, f'{MILLION_GOAL:g} of it')}"
    )
    return outcome


def _print_import(contenders: dict[str, Contender], rounds: int | None) -> int:
    each = [import_seconds() for _ in range(rounds or 11)]
    seconds = statistics.median(each)
    print(
        f"import  graphviz_ad after NumPy, in fresh processes, by the clock: "
        f"{_time(seconds)} ({_time(min(each))} to {_time(max(each))})  "
        f"{_verdict(seconds, IMPORT_GOAL, _time(IMPORT_GOAL))}"
    )
    return AGREE


def _print_picture(contenders: dict[str, Contender], rounds: int | None) -> int:
    results = [in_fresh_process("picture") for _ in range(rounds or 7)]
    seconds = median_of(results)
    each = [result["warm"] for result in results]
    print(
        "picture  first of a function of ten nodes, call to notebook bundle, in a process that has drawn sin, by the "
        f"clock:\n{'':<9}{_time(seconds['warm'])} ({_time(min(each))} to {_time(max(each))})  "
        f"{_verdict(seconds['warm'], PICTURE_GOAL, _time(PICTURE_GOAL))}"
    )
    print(f"{'':<9}(sin before it, with loading all that draws: {_time(seconds['cold'])})")
    return AGREE


def _print_check(contenders: dict[str, Contender], rounds: int | None) -> int:
    def program(x: Any) -> Any:
        y = x
        for _ in range(2_500):
            y = np.sin(y) * 0.9 + x * 0.1
        return y

    runs = {"hand": lambda: gad.trace(program, 0.5), "check": lambda: gad.check(program, 0.5)}
    trace, check = interleave(runs, rounds).values()
    count, verdict = len(gad.trace(program, 0.5)), _verdict(check.ratio, CHECK_GOAL, f"{CHECK_GOAL} times")
    print(f"check  a program of {count:,} nodes, of numbers: recorded in {_time(trace.median)}, recorded and looked")
    print(f"{'':<5}through in {_time(check.median)}, {_ratio(check.ratio)} times as long: {verdict}")
    return AGREE


def _print_slider(contenders: dict[str, Contender], rounds: int | None) -> int:
    try:
        times = slide(20 * rounds if rounds else 200)
    except ModuleNotFoundError as error:
        print(f"slider  left out: {error.name} is not installed")
        return AGREE
    print(f"slider  {len(times['naive'])} moves in JupyterLab, from the key to the painted frame, by the clock")
    print(f"{'':<5}{'':<13}{'p50':>10}{'p95':>10}")
    tails = {name: float(np.percentile(seconds, 95)) for name, seconds in times.items()}
    for name, seconds in times.items():
        verdict = _verdict(tails[name], FRAME_GOAL, _time(FRAME_GOAL)) if name == "graphviz_ad" else ""
        print(f"{'':<5}{name:<13}{_time(statistics.median(seconds)):>10}{_time(tails[name]):>10}  {verdict}".rstrip())
    faster = [np.percentile(times["naive"], part) / np.percentile(times["graphviz_ad"], part) for part in (50, 95)]
    reached = "reached" if min(faster) >= TIMES_FASTER_GOAL else "MISSED"
    print(f"{'':<5}times faster: {faster[0]:.1f} at p50, {faster[1]:.1f} at p95; >= {TIMES_FASTER_GOAL} {reached}")
    return AGREE


OTHERS: dict[str, Callable[[dict[str, Contender], int | None], int]] = {
    "W2c": _print_million,
    "memory": _print_memory,
    "import": _print_import,
    "picture": _print_picture,
    "check": _print_check,
    "slider": _print_slider,
}


def _copied(gradient: Any) -> Any:
    """Return a gradient that the next run, which reuses its buffers, does not change."""
    return tuple(map(np.copy, gradient)) if isinstance(gradient, tuple) else np.copy(gradient)


def _verdict(found: float, goal: float, shown: str) -> str:
    if found != found:
        return f"<= {shown} not measured"
    return f"<= {shown} {'reached' if found <= goal else 'MISSED'}"


def _ratio(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.3g}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"
