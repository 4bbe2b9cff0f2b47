"""The block editor's verdict for all tests below: one process for each package set that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache

import pytest
from block_validator import BlockValidator, Figures, Verdict, table
from node_packages import needed

_FIGURES = pytest.StashKey[dict[str, Figures]]()

Validators = Callable[[str], BlockValidator]
Judged = Callable[[str, Mapping[str, str]], list[Verdict]]


@pytest.fixture(scope="session")
def validators() -> Iterator[Validators]:
    """The validator of an editor, ``"current"`` or ``"6.1"``."""
    with ExitStack() as running:

        @cache
        def start(editor: str) -> BlockValidator:
            with needed(f"the block editor's validator ({editor})"):
                return running.enter_context(BlockValidator(editor))

        yield start


@pytest.fixture(scope="session")
def judged(validators: Validators, pytestconfig: pytest.Config) -> Judged:
    """Verdicts on what publisher has rendered; they count in the figures at the end of the run."""
    figures = pytestconfig.stash.setdefault(_FIGURES, {})

    def judge(editor: str, markups: Mapping[str, str]) -> list[Verdict]:
        verdicts = validators(editor).verdicts(markups)
        for verdict in verdicts:
            figures.setdefault(editor, Figures()).add(verdict)
        return verdicts

    return judge


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash.get(_FIGURES, {})
    if figures:
        terminalreporter.section("rendered block markup, by the library of each editor")
        terminalreporter.write_line(table(figures))
