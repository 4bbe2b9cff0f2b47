"""Kills a publishing process again and again, and counts what stands at the site in the end.

    python tests/soak/kill_loop.py [--kills 100] [--articles 60] [--seed N]

A process publishes a folder of articles with images to a WordPress of its own, and is killed (SIGKILL) at a random
moment; the next one goes on with the same ledger, at once, while PHP may still be at work for the dead one. When all is
published, some articles are edited, so that updates and new uploads are killed as well. After the last kill one process
is left alone; then the site's database and files are compared with the articles. Ends with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parents[1] / "examples" / "wordpress")]

from blog_folder import PIXELS, Blog  # noqa: E402
from local_wordpress import LocalWordPress  # noqa: E402
from publishing_process import outcomes_in, start  # noqa: E402
from request_log import RequestLog  # noqa: E402
from truth import Findings, check_ledger, compare, rows  # noqa: E402

#: Seconds after which *absent* is believed. PHP goes on with what it has received when its client is killed: batches or
#: uploads, which it ends within a few seconds also on a busy machine. The loop measures how long it really took, and
#: fails if that comes near this value; then nothing that it found would be worth anything. A shorter one would not make
#: the loop faster, since the leases of a dead publisher are free after 15 s only.
SETTLE = 15.0

#: How long a process may work before it is killed, in seconds after its first request: often a moment, so that the
#: short phases at the beginning are met, and now and then long enough for the uploads to be got over with.
_WORK = (0.15, 0.6, 2.0, 2.0, 6.0)

#: From when on the moment of death is chosen, and how often so. By chance alone hardly a death would fall into the
#: batches, which are short and come at the end: those processes live until PHP has begun one, and die soon after.
_FROM = {"the start": 15, "its first request": 45, "a batch of terms": 10, "a write of posts": 30}
_PHASES = {"a batch of terms": ("terms",), "a write of posts": ("creating posts", "updating posts")}

#: How many processes may end by themselves after the last kill: one must do, as long as nothing is in doubt.
_LAST_RUNS = 3


@dataclass
class Loop:
    """One loop: a site, a blog and a ledger, and what was seen of the processes."""

    site: Any
    folder: Path
    dice: random.Random
    articles: int
    settle: float = SETTLE
    alive: float | None = None
    pixels: tuple[int, int] = PIXELS
    runs: int = 0
    edits: int = 0
    killed_at: dict[str, float] = field(default_factory=dict)
    in_flight: Counter[str] = field(default_factory=Counter)
    in_doubt: Counter[str] = field(default_factory=Counter)
    last_runs: int = 0
    found: Findings = field(default_factory=Findings)

    def __post_init__(self) -> None:
        self.blog = Blog(self.folder / "blog", self.articles, self.dice, self.pixels)
        self.blog.write()
        self.ledger = self.folder / "ledger.db"
        self.log = RequestLog(self.site)

    def run(self, kills: int) -> Findings:
        """Kill so often, then let one end; what is wrong then."""
        while len(self.killed_at) < kills:
            outcomes = self._life(to_be_killed=True)
            done = outcomes is not None and all(one["ok"] for one in outcomes)
            if done or self.dice.random() < 0.1:
                self.edits += 1
                self.blog.edit(self.dice.randint(1, max(1, self.articles // 3)))
        trouble = self._last_runs()
        self.found.faults += [*trouble, *compare(self.site.database, self.blog).faults]
        self.found.counts = compare(self.site.database, self.blog).counts
        check_ledger(self.ledger, self.found)
        if self.too_slow:
            self.found.add(
                "wrong", f"PHP went on for {self.longest_afterlife:.1f} s: {self.settle} s are no settle time"
            )
        return self.found

    @property
    def too_slow(self) -> bool:
        """PHP went on for so long that the settle time is none; then nothing that was found is worth anything."""
        return self.longest_afterlife > self.settle * 0.75

    @property
    def longest_afterlife(self) -> float:
        """For how many seconds PHP was at work on a request at most after its client had been killed."""
        ends = [(one.end, self.killed_at[one.life]) for one in self.log.read() if one.life in self.killed_at]
        return max((end - killed for end, killed in ends if end is not None), default=0.0)

    def _last_runs(self) -> list[tuple[str, str]]:
        left: list[str] = []
        for _ in range(_LAST_RUNS):
            self.last_runs += 1
            outcomes = self._life(to_be_killed=False) or []
            left = [f"{one['key']}: {one['error']}" for one in outcomes if not one["ok"]]
            left += [] if len(outcomes) == self.articles else [f"{len(outcomes)} outcomes for {self.articles} articles"]
            if not left and not rows(self.ledger, "SELECT id FROM attempts WHERE state = 'open'"):
                break
            # What was in doubt about things that no article wants any more is only asked for once a run.
            time.sleep(self.settle)
        while not self.log.is_quiet():
            time.sleep(0.05)
        return [("lost", f"without a receipt after {self.last_runs} runs: {one}") for one in left]

    def _life(self, *, to_be_killed: bool) -> list[dict[str, Any]] | None:
        """One process; its outcomes, or None if it was killed before it ended."""
        self.runs += 1
        life = str(self.runs)
        with (self.folder / "errors.log").open("a") as errors:
            password = self.site.users["admin"]
            process = start(self.site.url, password, self.blog.posts, self.ledger, errors,
                            life=life, settle=self.settle, alive=self.alive)  # fmt: skip
        if to_be_killed and self._wait_for_its_moment(process, life):
            process.kill()
            killed_at = time.time()
            said, _ = process.communicate()
            if process.returncode == -9:
                self._note_death(life, killed_at)
                return None
        else:
            said, _ = process.communicate()
        if process.returncode != 0:
            self.found.add("wrong", f"run {life} ended with {process.returncode}: {self._last_words()}")
            return None
        outcomes = outcomes_in(said)
        for one in outcomes:
            if not one["ok"] and not one["in_doubt"]:
                self.found.add("wrong", f"run {life}: {one['key']}: {one['error']}")
        return outcomes

    def _wait_for_its_moment(self, process: subprocess.Popen[str], life: str) -> bool:
        """Wait until the process shall die; False if it has ended by itself."""
        since = self.dice.choices(list(_FROM), list(_FROM.values()))[0]
        if since == "the start":  # importing, planning, waiting for what the dead one held
            delay = self.dice.uniform(0, 1.5)
        elif since == "its first request":
            delay = self.dice.uniform(0, self.dice.choice(_WORK))
        else:
            delay = self.dice.uniform(0, 1.0)
        while since != "the start" and not self.log.has_begun(life, _PHASES.get(since)):
            if process.poll() is not None:
                return False
            time.sleep(0.01)
        until = time.monotonic() + delay
        while time.monotonic() < until:
            if process.poll() is not None:
                return False
            time.sleep(0.002)
        return process.poll() is None

    def _note_death(self, life: str, moment: float) -> None:
        self.killed_at[life] = moment
        mine = [one for one in self.log.read() if one.life == life]
        working = sorted({one.phase for one in mine if one.begin <= moment and (one.end is None or one.end > moment)})
        between = "between requests" if mine else "before its first request"
        self.in_flight[" + ".join(working) or between] += 1
        if not self.ledger.exists():
            return
        open_attempts = rows(self.ledger, "SELECT DISTINCT kind, effect FROM attempts WHERE state = 'open'")
        self.in_doubt.update(f"{effect} of {kind}" for kind, effect in open_attempts)

    def _last_words(self) -> str:
        return " | ".join((self.folder / "errors.log").read_text().strip().splitlines()[-3:])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None, help="of the edits and of the moments (default: a new one)")
    parser.add_argument("--settle", type=float, default=SETTLE, help="seconds (default: %(default)g)")
    parser.add_argument("--alive", type=float, help="seconds until a silent publisher counts as dead (default: ours)")
    chosen = parser.parse_args(arguments)
    seed = secrets.randbelow(10_000) if chosen.seed is None else chosen.seed
    print(f"kill loop: seed {seed}, {chosen.kills} kills, {chosen.articles} articles", flush=True)
    began = time.monotonic()
    with LocalWordPress.start() as site, tempfile.TemporaryDirectory() as folder:
        loop = Loop(site, Path(folder), random.Random(seed), chosen.articles, chosen.settle, chosen.alive)
        found = loop.run(chosen.kills)
        return report(loop, found, time.monotonic() - began)


def report(loop: Loop, found: Findings, seconds: float) -> int:
    """Print what was counted; the exit status."""
    for kind, fault in found.faults[:40]:
        print(f"  {kind}: {fault}")
    print(f"killed while PHP was at work on: {_listed(loop.in_flight)}")
    print(f"what was in doubt after a kill: {_listed(loop.in_doubt)}")
    print(f"PHP went on for at most {loop.longest_afterlife:.1f} s after a kill; settle time {loop.settle:g} s")
    print(
        f"{loop.runs} runs, {len(loop.killed_at)} kills, {loop.edits} rounds of edits, {loop.last_runs} last runs, "
        f"{seconds / 60:.0f} min; {found}"
    )
    return 1 if found.faults else 0


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.most_common()) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
