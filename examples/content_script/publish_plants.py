"""A content script: each row of a CSV file of plants becomes a post, and stays the same post on every later run.

BLOG_URL=https://blog.example.com BLOG_USER=ana BLOG_APP_PASSWORD='…' python publish_plants.py plants.csv

Exit code 1 when a row could not be published; the others are published all the same.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from publisher import Article, PublisherError, WordPress, publish_many
from publisher.models import Status

COLUMNS = ("id", "name", "botanical", "light", "water", "height_cm", "price_eur", "in_stock", "advice")
BODY = """\
*{botanical}*, {height_cm} cm high.

{advice}

| | |
|:--|:--|
| Light | {light} |
| Water | {water} |
| Price | {price_eur} € |
"""


def articles(file: Path) -> Iterator[Article]:
    """One article for each plant. Raises ``ValueError`` for a file or a row without all columns."""
    with file.open(newline="", encoding="utf-8") as rows:
        table = csv.DictReader(rows)
        for row in table:
            missing = [name for name in COLUMNS if row.get(name) is None]
            if missing:
                raise ValueError(f"{file}:{table.line_num}: there is no {missing[0]}; needed are {', '.join(COLUMNS)}")
            yield Article(
                # The key says which post it is: not the name, which may be corrected, nor the place in the file.
                key=f"plants/{row['id']}",
                title=row["name"],
                slug=f"plant-{row['id']}",
                body=BODY.format_map({name: row[name].replace("|", r"\|") for name in COLUMNS}),
                excerpt=f"{row['botanical']}: {row['light']}, water {row['water']}.",
                categories=(("Plants",),),
                tags=(row["light"].capitalize(),),
                status=Status.PUBLISHED if row["in_stock"] == "yes" else Status.DRAFT,  # sold out: kept, but not shown
            )


def main() -> int:
    environment = os.environ
    blog = WordPress(
        environment["BLOG_URL"], username=environment["BLOG_USER"], app_password=environment["BLOG_APP_PASSWORD"]
    )
    file = Path(sys.argv[1])
    try:
        # Beside the file: whoever runs this script next with this ledger goes on where it ended.
        outcomes = publish_many(articles(file), blog, ledger=file.with_suffix(".ledger.db"))
    except (PublisherError, ValueError) as error:
        print(f"nothing was published: {error}", file=sys.stderr)
        return 1
    for outcome in outcomes:
        print(outcome.receipt if outcome.ok else f"failed {outcome.error}")
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
