"""Publishes through a proxy that loses the answers of one write in three, and counts what stands at the site.

    python tests/soak/lost_answers.py [--articles 60] [--seed N]

The address of the site is that of the proxy. First one publisher publishes a folder of articles with images and then
some edits of it, each until nothing is in doubt; then the ledger is deleted, and the next run has to find everything
again without making anything; then, at an empty site, two processes with one ledger do all that at once. After each
step the site's database and files are compared with the articles. Ends with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parents[1] / "examples" / "wordpress")]

import httpx  # noqa: E402
from blog_folder import PIXELS, Blog  # noqa: E402
from fault_proxy import FaultProxy, one_in_three  # noqa: E402
from local_wordpress import LocalWordPress  # noqa: E402
from publishing_process import outcomes_in, start  # noqa: E402
from truth import Findings, check_ledger, compare  # noqa: E402

#: Seconds after which *absent* is believed: the proxy holds a request up for 2 s at most, and PHP then needs a few for
#: a batch or an upload, also on a busy machine. What it really took is measured, and the run is worth nothing, and
#: fails, if that comes near this value.
SETTLE = 15.0

#: Seconds until a publisher gives up on an answer that never comes.
TIMEOUT = 8.0

#: How often all publishers are started again while something is in doubt or was given up.
_RUNS = 25


@dataclass
class Soak:
    """A site behind a proxy, a blog and a ledger; ``lines`` tells what each step came to."""

    site: Any
    proxy: FaultProxy
    folder: Path
    dice: random.Random
    articles: int
    settle: float = SETTLE
    timeout: float = TIMEOUT
    alive: float | None = None
    pixels: tuple[int, int] = PIXELS
    lines: list[str] = field(default_factory=list)
    found: Findings = field(default_factory=Findings)

    def __post_init__(self) -> None:
        self.blog = Blog(self.folder / "blog", self.articles, self.dice, self.pixels)
        self.blog.write()
        self.ledger = self.folder / "ledger" / "ledger.db"
        move(self.site, self.proxy.url)

    @property
    def too_slow(self) -> bool:
        """A write took so long that the settle time is none; then nothing that was found is worth anything."""
        return self.proxy.longest > self.settle * 0.75

    def one_publisher(self, edits: int = 4) -> None:
        """One process at a time publishes everything, then some edits."""
        self._step("one publisher", 1)
        for number in range(edits):
            self.blog.edit(self.articles // 2)
            self._step(f"edits {number + 1}", 1)

    def two_publishers(self, edits: int = 2) -> None:
        """At an empty site, with an empty ledger, two processes at once publish everything, then some edits."""
        self.site.reset()
        self._forget()
        self.blog.forget_what_was()
        self._step("two publishers at once", 2)
        for number in range(edits):
            self.blog.edit(self.articles // 2)
            self._step(f"two publishers at once, edits {number + 1}", 2)

    def without_ledger(self, publishers: int = 1) -> None:
        """The ledger is gone: what stands there is taken for what it is, and nothing is made."""
        self._forget()
        before = compare(self.site.database, self.blog).counts
        created = self._step(f"ledger deleted, {publishers} at once", publishers)
        after = compare(self.site.database, self.blog).counts
        if created or before != after:
            self.found.add("duplicates", f"without the ledger {created} things were made: {before}, then {after}")

    def _step(self, name: str, publishers: int) -> int:
        """Publish until nothing is in doubt, compare; how many things the site was made to make."""
        seen, began = len(self.proxy.passed), time.monotonic()
        runs = self._until_certain(name, publishers)
        self.proxy.wait_until_quiet()
        found = compare(self.site.database, self.blog)
        check_ledger(self.ledger, found)
        self.found.faults += [(kind, f"{name}: {fault}") for kind, fault in found.faults]
        mine = self.proxy.passed[seen:]
        writes = [one for one in mine if one.writes]
        lost = sum(one.trouble is not None for one in writes)
        created = sum(one.created for one in mine)
        self.lines.append(
            f"{name}: {runs} runs, {time.monotonic() - began:.0f} s, {len(writes)} writes, {lost} in trouble, "
            f"{created} things made; {found}"
        )
        print(self.lines[-1], flush=True)
        return created

    def _until_certain(self, name: str, publishers: int) -> int:
        for number in range(1, _RUNS + 1):
            told = self._publish(publishers)
            wrong = {one["error"] for some in told for one in some if not one["ok"]}
            if not wrong:
                return number
            for error in sorted(wrong):
                if not error.startswith(("InDoubtError", "UnreachableError")):
                    self.found.add("wrong", f"{name}, run {number}: {error}")
        self.found.add("lost", f"{name}: not certain after {_RUNS} runs")
        return _RUNS

    def _publish(self, publishers: int) -> list[list[dict[str, Any]]]:
        """Start so many processes at once, and wait until all have ended; their outcomes."""
        with (self.folder / "errors.log").open("a") as errors:
            processes = [
                start(self.proxy.url, self.site.users["admin"], self.blog.posts, self.ledger, errors,
                      settle=self.settle, timeout=self.timeout, alive=self.alive)
                for _ in range(publishers)
            ]  # fmt: skip
        told = []
        for process in processes:
            said, _ = process.communicate()
            told.append(outcomes_in(said))
            if process.returncode != 0 or len(told[-1]) != self.articles:
                last = " | ".join((self.folder / "errors.log").read_text().strip().splitlines()[-3:])
                self.found.add("wrong", f"a publisher ended with {process.returncode}: {last}")
        return told

    def _forget(self) -> None:
        for file in self.ledger.parent.glob("ledger.db*"):
            file.unlink()


def soak(run: Soak, steps: Sequence[Callable[[], None]]) -> int:
    """Take the steps; print what was found; the exit status."""
    for step in steps:
        step()
    if run.too_slow:
        run.found.add("wrong", f"a write took {run.proxy.longest:.1f} s: {run.settle:g} s are no settle time")
    for kind, fault in run.found.faults[:40]:
        print(f"  {kind}: {fault}")
    writes = [one for one in run.proxy.passed if one.writes]
    troubles = run.proxy.troubles
    print(f"troubles: {', '.join(f'{name} {number}' for name, number in troubles.most_common())}")
    print(
        f"from a client's connection to WordPress's answer: at most {run.proxy.longest:.1f} s; settle {run.settle:g} s"
    )
    print(f"{len(writes)} writes, {troubles.total()} of them in trouble; {len(run.found.faults)} faults", flush=True)
    return 1 if run.found.faults else 0


def move(site: Any, url: str) -> None:
    """Give the site another address of its own, for what stands before it."""
    config = site.directory / "site" / "wp-config.php"
    config.write_text(config.read_text().replace(site.url, url))
    while httpx.get(f"{site.url}/wp-json/?_fields=url").json()["url"] != url:
        time.sleep(0.1)  # PHP has the old file in its cache for a moment


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None, help="of edits and troubles (default: a new one)")
    parser.add_argument("--settle", type=float, default=SETTLE, help="seconds (default: %(default)g)")
    chosen = parser.parse_args(arguments)
    seed = secrets.randbelow(10_000) if chosen.seed is None else chosen.seed
    print(f"lost answers: seed {seed}, {chosen.articles} articles", flush=True)
    with (
        LocalWordPress.start() as site,
        FaultProxy(site.url, one_in_three(random.Random(seed))) as proxy,
        tempfile.TemporaryDirectory() as folder,
    ):
        run = Soak(site, proxy, Path(folder), random.Random(seed), chosen.articles, chosen.settle)
        return soak(run, [run.one_publisher, run.without_ledger, run.two_publishers, lambda: run.without_ledger(2)])


if __name__ == "__main__":
    sys.exit(main())
