"""What a test asks of verdicts, with a report that names the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from block_validator import Verdict

_SHOWN = 5


def is_good(verdict: Verdict, editor: str) -> bool:
    """No fault of any kind. Only the current editor also leaves the markup as it is: 6.1 knows fewer classes."""
    return verdict.valid and (verdict.stable or editor != "current")


def all_good(verdicts: Sequence[Verdict], markups: Mapping[str, str], editor: str) -> None:
    """Fails with the first documents that the editor would not take as they are."""
    bad = [verdict for verdict in verdicts if not is_good(verdict, editor)]
    assert len(verdicts) == len(markups)
    if bad:
        shown = "\n\n".join(f"{verdict}\nmarkup:\n{markups[verdict.id]}" for verdict in bad[:_SHOWN])
        pytest.fail(f"{len(bad)} of {len(verdicts)} documents ({editor}):\n\n{shown}", pytrace=False)
