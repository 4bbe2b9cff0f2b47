"""The main job on this machine: two articles to a real WordPress, and once more without a change.

    python examples/demo.py

Starts a WordPress of its own (see examples/wordpress/local_wordpress.py) and stops it at the end.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from publisher import Outcome, Publisher, WordPress

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "wordpress"))

from local_wordpress import LocalWordPress, Unavailable  # noqa: E402


def main() -> int:
    print("Starting a WordPress on this machine (the first time it is downloaded, which takes a moment) …")
    try:
        site = LocalWordPress.start()
    except Unavailable as reason:
        print(f"That is not possible here: {reason}\nTry examples/wordpress/compose.yaml with Docker.", file=sys.stderr)
        return 1
    with site, tempfile.TemporaryDirectory() as folder:
        print(f"WordPress {site.version} is at {site.url}\n")
        blog = WordPress(site.url, username="admin", app_password=site.users["admin"])
        articles = Path(folder) / "articles"
        shutil.copytree(HERE / "articles", articles)
        with Publisher(blog, ledger=Path(folder) / "ledger.db") as publisher:
            print("The plan:")
            print(publisher.plan(articles), "\n")
            show("First run:", publisher.publish_many(articles))
            outcomes = publisher.publish_many(articles)
            show("Second run, nothing changed, nothing sent:", outcomes)
            edited = articles / "first-loaf.md"
            edited.write_text(edited.read_text().replace("| Folds | 3 | 4 |", "| Folds | 3 | 5 |"))
            show("Third run, one article edited:", publisher.publish_many(articles))
    print("The WordPress is stopped.")
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def show(heading: str, outcomes: Iterable[Outcome]) -> None:
    print(heading)
    for outcome in outcomes:
        receipt = outcome.receipt
        if receipt is None:
            print(f"  failed    {outcome.key}: {outcome.error}")
            continue
        print(f"  {receipt.action:9} {outcome.key}: post {receipt.remote_id}, {receipt.status}, {receipt.url}")
        for change in receipt.changes:
            print(f"            WordPress changed {change}")
    print()


if __name__ == "__main__":
    sys.exit(main())
