#!/usr/bin/env python3
"""What both block editors say of real articles: every article below the folders, read and rendered by publisher.

    python tests/blocks/corpus.py FOLDER…

Prints each article that publisher refuses, with its reason, each document that an editor would not take as it is, and
the figures. The exit status is 1 if there is such a document, or an article that could neither be read nor refused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from block_validator import SETS, BlockValidator, Figures, table
from judging import is_good

from publisher import Article, PublisherError, render
from publisher.content.articles import article_files


def read(folders: Iterable[Path]) -> tuple[dict[str, str], dict[str, PublisherError]]:
    """The block markup of every article by its file, and what publisher says of those that it refuses."""
    markups: dict[str, str] = {}
    refused: dict[str, PublisherError] = {}
    for folder in folders:
        for file in article_files(folder):
            try:
                markups[str(file)] = render(Article.from_file(file), "blocks")
            except PublisherError as error:
                refused[str(file)] = error
    return markups, refused


def main() -> int:
    parser = argparse.ArgumentParser(description="What both block editors say of the articles below folders.")
    parser.add_argument("folder", nargs="+", type=Path)
    markups, refused = read(parser.parse_args().folder)
    for error in refused.values():
        print(f"refused: {error}\n")
    figures: dict[str, Figures] = {}
    bad = 0
    for editor in SETS:
        figures[editor] = Figures()
        with BlockValidator(editor) as validator:
            for verdict in validator.verdicts(markups):
                figures[editor].add(verdict)
                if not is_good(verdict, editor):
                    bad += 1
                    print(f"{editor}: {verdict}\n")
    print(f"articles {len(markups) + len(refused)}, refused {len(refused)}, rendered {len(markups)}\n")
    print(table(figures))
    print("\nblocks:", ", ".join(f"{name} {count:,}" for name, count in sorted(figures["current"].names.items())))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
