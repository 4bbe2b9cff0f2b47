"""What stands at a site, read from its database and its files, beside what shall stand there."""

from __future__ import annotations

import html
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from blog_folder import Blog, Category, Wanted, number_of

from publisher.rendering import words

#: What can be wrong. An *orphan* is an attachment that no version of any article asked for, that is not whole, or that
#: no post uses though no edit replaced it, and a file that belongs to no attachment. What an edit replaced may stay.
KINDS = ("duplicates", "lost", "orphan media", "wrong", "left in the ledger")

_POSTS = """SELECT ID, post_name, post_title, post_content, post_status FROM wp_posts
    WHERE post_type = 'post' AND post_status <> 'auto-draft' AND ID <> 1 ORDER BY ID"""
_ATTACHMENTS = """SELECT p.ID, f.meta_value, m.meta_value FROM wp_posts p
    LEFT JOIN wp_postmeta f ON f.post_id = p.ID AND f.meta_key = '_wp_attached_file'
    LEFT JOIN wp_postmeta m ON m.post_id = p.ID AND m.meta_key = '_wp_attachment_metadata'
    WHERE p.post_type = 'attachment' ORDER BY p.ID"""
_TERMS = """SELECT term_id, taxonomy, parent, name FROM wp_term_taxonomy JOIN wp_terms USING (term_id)
    WHERE taxonomy IN ('post_tag', 'category') AND term_id <> 1"""
_RELATIONS = """SELECT object_id, term_id FROM wp_term_relationships JOIN wp_term_taxonomy USING (term_taxonomy_id)
    WHERE taxonomy IN ('post_tag', 'category')"""
_COVERS = "SELECT post_id, meta_value FROM wp_postmeta WHERE meta_key = '_thumbnail_id'"


@dataclass
class Findings:
    """``counts`` of what stands there, and ``faults``: each a kind of :data:`KINDS` with a sentence."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, fault: str) -> None:
        self.faults.append((kind, fault))

    def __str__(self) -> str:
        found = Counter(kind for kind, _ in self.faults)
        stands = ", ".join(f"{number} {name}" for name, number in self.counts.items())
        return f"{stands}: {', '.join(f'{found[kind]} {kind}' for kind in KINDS)}"


@dataclass(frozen=True)
class Attachment:
    """A row of the media library: its file and all its sizes, below the folder of uploads, and the number that its
    picture shows (None where there is no picture)."""

    id: int
    file: str
    files: frozenset[str]
    whole: bool
    picture: int | None


def compare(database: Path, blog: Blog) -> Findings:
    """Everything that is wrong with a site, whose SQLite database this is."""
    truth = _Truth(database, blog)
    for check in (truth.check_posts, truth.check_media, truth.check_terms):
        check()
    return truth.found


def check_ledger(ledger: Path, found: Findings) -> None:
    """Nothing may be in doubt, and nobody alive may hold anything, when all publishers have ended."""
    alive = "SELECT name FROM leases JOIN owners ON owners.id = leases.owner WHERE expires_at > ?"
    for kind, name, effect in rows(ledger, "SELECT kind, name, effect FROM attempts WHERE state = 'open'"):
        found.add("left in the ledger", f"an open {effect} about {kind} {name!r}")
    for (name,) in rows(ledger, alive, time.time()):
        found.add("left in the ledger", f"a lease on {name!r}")


def rows(database: Path, query: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(query, values).fetchall()


class _Truth:
    def __init__(self, database: Path, blog: Blog) -> None:
        self.database, self.blog, self.found = database, blog, Findings()
        self.uploads = database.parents[1] / "uploads"

    @cached_property
    def posts(self) -> list[Any]:
        return rows(self.database, _POSTS)

    @cached_property
    def attachments(self) -> dict[int, Attachment]:
        return {row[0]: self._attachment(*row) for row in rows(self.database, _ATTACHMENTS)}

    @cached_property
    def terms(self) -> dict[int, tuple[str, Category]]:
        """Taxonomy and path of each term."""
        by_id = {row[0]: row[1:] for row in rows(self.database, _TERMS)}

        def path(term: int) -> Category:
            _, parent, name = by_id[term]
            return (*(path(parent) if parent in by_id else ()), html.unescape(name))

        return {term: (by_id[term][0], path(term)) for term in by_id}

    def check_posts(self) -> None:
        self.found.counts["posts"] = len(self.posts)
        covers = {row[0]: int(row[1]) for row in rows(self.database, _COVERS)}
        relations: dict[int, set[int]] = {}
        for post, term in rows(self.database, _RELATIONS):
            relations.setdefault(post, set()).add(term)
        for wanted in self.blog.articles:
            named = [row for row in self.posts if _is_of(row[1], wanted.slug)]
            if not named:
                self.found.add("lost", f"no post is called {wanted.slug}")
            elif len(named) > 1:
                self.found.add("duplicates", f"{len(named)} posts for {wanted.slug}: {[row[:2] for row in named]}")
            for row in named[:1]:
                for fault in self._differences(wanted, row, covers.get(row[0], 0), relations.get(row[0], set())):
                    self.found.add("wrong", f"post {row[0]} ({wanted.slug}): {fault}")
        for row in self.posts:
            if not any(_is_of(row[1], wanted.slug) for wanted in self.blog.articles):
                self.found.add("wrong", f"nobody wanted the post {row[:2]}")

    def _differences(self, wanted: Wanted, row: Any, cover: int, relations: set[int]) -> Iterator[str]:
        _, slug, title, content, status = row
        if (slug, title, status) != (wanted.slug, wanted.title, "publish"):
            yield f"it is {slug!r}, {title!r}, {status!r} and not {wanted.slug!r}, {wanted.title!r}"
        text = words(content)
        versions = re.findall(r"This is version (\d+) of ([\w-]+)", text)
        if versions != [(str(wanted.version), wanted.slug)]:
            yield f"it says version {versions} and not {wanted.version}"
        if missing := [paragraph for paragraph in wanted.paragraphs if paragraph not in text]:
            yield f"{len(missing)} paragraphs are not there"
        there = [self.attachments.get(number) for number in _images_in(content)]
        if [one and one.picture for one in there] != list(wanted.images):
            yield f"it shows {there} and not the pictures {list(wanted.images)}"
        sources = [source.partition("/uploads/")[2] for source in re.findall(r'<img[^>]* src="([^"]*)"', content)]
        if sources != [one and one.file for one in there]:
            yield f"its images are at {sources}, which is not where {there} are"
        if self._picture(cover) != wanted.cover:
            yield f"its cover is picture {self._picture(cover)} and not {wanted.cover}"
        has = {self.terms[term] for term in relations if term in self.terms}
        wish = {("post_tag", (tag,)) for tag in wanted.tags} | {("category", path) for path in wanted.categories}
        if has != wish or len(relations) != len(wish):
            yield f"its terms differ: {sorted(has ^ wish)}, {len(relations)} relations"

    def check_media(self) -> None:
        self.found.counts["attachments"] = len(self.attachments)
        wanted = {picture for article in self.blog.articles for picture in article.pictures}
        copies: dict[int | None, list[Attachment]] = {}
        for one in self.attachments.values():
            copies.setdefault(one.picture, []).append(one)
            if not one.whole:
                self.found.add("orphan media", f"attachment {one.id} ({one.file}) is half-made")
            if one.picture not in self.blog.ever_pictures:
                self.found.add("orphan media", f"attachment {one.id} ({one.file}) is none of ours")
        for picture in sorted(wanted - copies.keys()):
            self.found.add("lost", f"picture {picture} is not in the library")
        for picture, some in copies.items():
            if len(some) > 1:
                self.found.add("duplicates", f"{len(some)} copies of picture {picture}: {[one.id for one in some]}")
        used = {number for row in self.posts for number in _images_in(row[3])}
        used |= {int(row[1]) for row in rows(self.database, _COVERS)}
        for one in self.attachments.values():
            if one.picture in wanted and one.id not in used:
                self.found.add("orphan media", f"no post uses attachment {one.id} ({one.file})")
        self.found.counts["of them replaced by an edit"] = sum(key not in wanted for key in copies)
        known = {self.uploads / file for one in self.attachments.values() for file in one.files}
        for stray in sorted({path for path in self.uploads.rglob("*") if path.is_file()} - known):
            self.found.add("orphan media", f"the file {stray.name} belongs to no attachment")

    def check_terms(self) -> None:
        self.found.counts["terms"] = len(self.terms)
        there = Counter((taxonomy, _folded(path)) for taxonomy, path in self.terms.values())
        for term, number in there.items():
            if number > 1:
                self.found.add("duplicates", f"{number} times the term {term}")
        ever = {(taxonomy, _folded(path)) for taxonomy, path in self.blog.ever_terms}
        now = {(taxonomy, _folded(path)) for one in self.blog.articles for taxonomy, path in one.terms}
        for term in sorted(now - there.keys()):
            self.found.add("lost", f"there is no term {term}")
        for term in sorted(there.keys() - ever):
            self.found.add("wrong", f"nobody wanted the term {term}")

    def _attachment(self, id: int, file: str | None, details: str | None) -> Attachment:
        folder, _, name = (file or "").rpartition("/")
        sizes = _sizes(details)
        files = {f"{folder}/{one}" for one in [name, *sizes] if one}
        picture = self.uploads / (file or "none")
        whole = bool(file and sizes) and all((self.uploads / one).is_file() for one in files)
        return Attachment(id, file or "", frozenset(files), whole, number_of(picture) if picture.is_file() else None)

    def _picture(self, id: int) -> int | None:
        return self.attachments[id].picture if id in self.attachments else None


def _sizes(details: str | None) -> list[str]:
    """The file names in WordPress's details of an image, which are PHP's serialisation of an array."""
    return [file.rpartition("/")[2] for file in re.findall(r's:4:"file";s:\d+:"([^"]+)"', details or "")]


def _images_in(content: str) -> list[int]:
    """The ids of the attachments that a post shows, in their order."""
    return [int(number) for number in re.findall(r"wp-image-(\d+)", content)]


def _is_of(found: str, slug: str) -> bool:
    """Whether WordPress may have made ``found`` of ``slug``."""
    return bool(re.fullmatch(rf"{re.escape(slug)}(-\d{{1,2}})?(__trashed.*)?", found))


def _folded(path: Category) -> Category:
    return tuple(name.casefold() for name in path)
