"""The whole crash walk: every step of every deed, once and twice in a row, with and without lost answers.

    python tests/crash_walk.py [memory|webhook|receiver|webflow|webflow-staged|webflow-odd|wordpress] [--twice]

Prints what it counted, and ends with 1 if anything was duplicated, lost or left in doubt.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE / "backends"), str(HERE / "receiver"), str(HERE.parent / "examples" / "wordpress")]

from local_wordpress import LocalWordPress  # noqa: E402
from memory_rig import MemoryRig  # noqa: E402
from receiver_rig import ReceiverRig  # noqa: E402
from webflow_rig import ODD, WebflowRig  # noqa: E402
from webhook_rig import WebhookRig  # noqa: E402
from wordpress_rig import WordPressRig  # noqa: E402

from publisher.testing import CrashWalk, Fault, Rig  # noqa: E402

DEEDS = ("create", "update", "unpublish", "delete")
TROUBLES = (None, "answer lost", "late", "request lost", "bad gateway")

#: Webflow creates items as live ones, or stores them first; and it is odd wherever nobody knows what it does.
RIGS: dict[str, Callable[[], Rig]] = {
    "memory": MemoryRig,
    "webhook": WebhookRig,
    "webflow": WebflowRig,
    "webflow-staged": lambda: WebflowRig(stage_first=True),
    "webflow-odd": lambda: WebflowRig(ODD, stage_first=True),
}


@contextmanager
def places(kind: str) -> Iterator[Callable[[], Rig]]:
    """A function that makes an empty place for each walk."""
    if kind in RIGS:
        yield RIGS[kind]
        return
    if kind == "receiver":
        with tempfile.TemporaryDirectory() as folder:
            yield partial(ReceiverRig, Path(folder))
        return
    with LocalWordPress.start() as site:

        def make() -> Rig:
            site.reset()
            return WordPressRig(site)

        yield make


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="?", choices=(*RIGS, "receiver", "wordpress"), default="memory")
    parser.add_argument("--twice", action="store_true", help="die twice in a row, at every pair of steps")
    chosen = parser.parse_args()
    walks = faults = 0
    with places(chosen.target) as make_rig:
        for deed, count, trouble in itertools.product(DEEDS, (1, 5), TROUBLES):
            if chosen.twice and (count, trouble) != (1, None):
                continue
            with tempfile.TemporaryDirectory() as folder:
                walk = CrashWalk(make_rig, Path(folder), deed, count, Fault(trouble) if trouble else None)
                report = walk.twice() if chosen.twice else walk.once()
            walks += report.walks
            faults += len(report.faults)
            print(f"{chosen.target} {deed} x{count}, {trouble or 'no other trouble'}: {report}", flush=True)
            for fault in report.faults[:5]:
                print("   ", fault)
    print(f"{walks} walks, {faults} duplicated, lost or in doubt")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
