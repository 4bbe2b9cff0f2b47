"""The block editor's verdict on block markup: one node process for each package set, fed in batches.

    with BlockValidator("6.1") as validator:
        for verdict in validator.verdicts({"a": "<!-- wp:paragraph -->…"}):
            print(verdict.id, verdict.invalid, verdict.messages)

validator.mjs beside this file says what is counted.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from types import TracebackType
from typing import Any, Self

from node_packages import HERE, installed, node

#: The package sets by the editor whose library they hold, with the folders of their package.json.
SETS = {"current": ".", "6.1": "wp61"}
FAULTS = ("invalid", "migrated", "freeform", "missing")
_BATCH = 200  # documents a request


@dataclass(frozen=True)
class Verdict:
    """What the editor makes of one document. The fields are those of validator.mjs."""

    id: str
    blocks: int
    names: dict[str, int]
    invalid: int
    migrated: int
    freeform: int
    missing: int
    stable: bool
    messages: list[dict[str, Any]]
    differs: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def valid(self) -> bool:
        """The editor opens it without a notice, without a repair and without a block that it does not know."""
        return not self.error and not any(getattr(self, fault) for fault in FAULTS)

    def __str__(self) -> str:
        counts = ", ".join(f"{fault} {getattr(self, fault)}" for fault in FAULTS if getattr(self, fault))
        lines = [f"{self.id}: {self.error or counts or ('stable' if self.stable else 'saved differently')}"]
        lines += [json.dumps(message, ensure_ascii=False) for message in self.messages]
        if self.valid:
            lines += [f"{name}: {text!r}" for name, text in self.differs.items()]
        return "\n  ".join(lines)


@dataclass
class Figures:
    """Sums over verdicts; ``unstable`` counts documents, as ``errors`` does."""

    documents: int = 0
    blocks: int = 0
    invalid: int = 0
    migrated: int = 0
    freeform: int = 0
    missing: int = 0
    unstable: int = 0
    errors: int = 0
    names: dict[str, int] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        self.documents += 1
        self.blocks += verdict.blocks
        for fault in FAULTS:
            setattr(self, fault, getattr(self, fault) + getattr(verdict, fault))
        self.unstable += not verdict.stable
        self.errors += bool(verdict.error)
        for name, count in verdict.names.items():
            self.names[name] = self.names.get(name, 0) + count

    def row(self) -> dict[str, int]:
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "names"}


def table(figures: Mapping[str, Figures]) -> str:
    """The figures of several editors under one another, as people read them."""
    head = ["", *Figures().row()]
    rows = [[name, *(f"{number:,}" for number in found.row().values())] for name, found in figures.items()]
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
                     for row in (head, *rows))  # fmt: skip


class BlockValidator:
    """A validator process. Raises ``node_packages.Unavailable`` where it cannot be had."""

    def __init__(self, editor: str = "current") -> None:
        self.editor = editor
        command = [node(), str(HERE / "validator.mjs"), str(installed(SETS[editor]))]
        # A file: nobody has to read along for the process to go on.
        self._complaints = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._complaints, encoding="utf-8")  # fmt: skip

    def verdicts(self, documents: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[Verdict]:
        """The verdict on each document (id and markup), in their order."""
        pairs = list(documents.items() if isinstance(documents, Mapping) else documents)
        batches = (pairs[at : at + _BATCH] for at in range(0, len(pairs), _BATCH))
        return [verdict for batch in batches for verdict in self._ask(batch)]

    def _ask(self, batch: Iterable[tuple[str, str]]) -> list[Verdict]:
        asked = [{"id": name, "markup": markup} for name, markup in batch]
        to, back = self._process.stdin, self._process.stdout
        assert to
        assert back
        try:
            # One line, read whole before anything is answered: neither side waits for the other.
            to.write(json.dumps(asked) + "\n")
            to.flush()
        except BrokenPipeError:
            raise self._ended() from None
        answers = [back.readline() for _ in asked]
        if not all(answers):
            raise self._ended()
        return [Verdict(**json.loads(answer)) for answer in answers]

    def _ended(self) -> RuntimeError:
        status = self._process.wait()
        self._complaints.seek(0)
        said = self._complaints.read().strip()[-1500:]
        return RuntimeError(f"the block validator ({self.editor}) ended with status {status}: {said}")

    def close(self) -> None:
        """End the process."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.kill()
            self._process.communicate()
            self._complaints.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
