"""What PHP was at work on, and when: a plugin of the site writes it down at the beginning and end of every request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from publishing_process import HEADER

_PLUGIN = """
(function () {
    $life = $_SERVER['HTTP_%(header)s'] ?? '';
    $id = getmypid() . '-' . hrtime(true);
    $what = $_SERVER['REQUEST_METHOD'] . ' ' . strtok($_SERVER['REQUEST_URI'], '?');
    if (str_ends_with($what, '/batch/v1')
        && preg_match('#"path": ?"([^"?]*)#', stripslashes(file_get_contents('php://input')), $inner)) {
        $what .= ' of ' . $inner[1];
    }
    $say = function ($mark) use ($life, $id, $what) {
        $line = implode("\\t", [$mark, $life, $id, sprintf('%%.6F', microtime(true)), $what]);
        file_put_contents('%(file)s', "$line\\n", FILE_APPEND | LOCK_EX);
    };
    $say('begin');
    register_shutdown_function($say, 'end');
})();
"""

#: The phases of a run, by how a request of theirs begins; creates and updates of posts come in one batch or alone.
_PHASES = (
    ("HEAD /", "discovery"),
    ("GET /wp-json/wp/v2/users", "discovery"),
    ("GET /wp-json/wp/v2/media", "looking for images"),
    ("POST /wp-json/wp/v2/media", "uploads"),
    ("GET /wp-json/wp/v2/posts", "looking for posts"),
    ("GET /wp-json/wp/v2/", "looking for terms"),
    ("POST /wp-json/batch/v1 of /wp/v2/posts/", "updating posts"),
    ("POST /wp-json/batch/v1 of /wp/v2/posts", "creating posts"),
    ("POST /wp-json/batch/v1", "terms"),
    ("POST /wp-json/wp/v2/posts/", "updating posts"),
    ("POST /wp-json/wp/v2/posts", "creating posts"),
    ("POST /wp-json/wp/v2/", "terms"),
    ("GET /wp-json/", "discovery"),
)


@dataclass
class Request:
    """One request as PHP saw it; times are Unix seconds, and ``end`` is None while PHP is at work on it."""

    life: str
    what: str
    begin: float
    end: float | None = None

    @property
    def phase(self) -> str:
        return next((phase for start, phase in _PHASES if self.what.startswith(start)), self.what)


class RequestLog:
    """The log of one site."""

    def __init__(self, site: Any) -> None:
        self.file = site.directory / "requests.log"
        self.file.write_text("")
        header = HEADER.upper().replace("-", "_")
        site.install_plugin("request-log", _PLUGIN % {"header": header, "file": self.file})

    def read(self) -> list[Request]:
        """All requests so far, in the order in which PHP began them."""
        return _requests(self.file.read_text())

    def has_begun(self, life: str, phases: Sequence[str] | None = None) -> bool:
        """Whether PHP has seen a request of this process; one of these phases, if any are named."""
        _, first, later = self.file.read_text().partition(f"begin\t{life}\t")
        if not first or phases is None:
            return bool(first)
        return any(one.life == life and one.phase in phases for one in _requests(first + later))

    def is_quiet(self) -> bool:
        """Whether PHP is at work on nothing."""
        return all(request.end is not None for request in self.read())


def _requests(text: str) -> list[Request]:
    found: dict[str, Request] = {}
    for line in text.splitlines():
        fields = line.split("\t")
        if len(fields) < 5:  # it is just being written
            continue
        mark, life, number, moment, what = fields
        if mark == "begin":
            found[number] = Request(life, what, float(moment))
        elif number in found:
            found[number].end = float(moment)
    return list(found.values())
