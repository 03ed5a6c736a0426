"""Some hundred cases in each run, and more with ``pytest tests/fuzz --fuzz 20000`` (``--first`` goes on elsewhere)."""

from __future__ import annotations


def pytest_addoption(parser):
    """Add how many cases of each kind are tried, and the seed of the first."""
    parser.addoption("--fuzz", type=int, default=None, help="cases of each kind (as many as each kind says)")
    parser.addoption("--first", type=int, default=0, help="seed of the first case")


def pytest_generate_tests(metafunc):
    """Run a test that takes a seed for each of them."""
    if "seed" in metafunc.fixturenames:
        first = metafunc.config.getoption("--first", 0)
        count = metafunc.config.getoption("--fuzz", None) or metafunc.function.cases
        metafunc.parametrize("seed", range(first, first + count))
