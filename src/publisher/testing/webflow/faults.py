"""Trouble on demand, between the client and the simulated Webflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from publisher.testing.webflow.calls import Call

#: What befalls a request:
#:
#: - ``"commit then 502"``, ``"commit then 504"``: it takes effect, and a proxy answers with a page of its own;
#: - ``"commit then drop"``: it takes effect, and the connection is closed without an answer;
#: - ``"commit then silence"``: it takes effect, and no answer ever comes;
#: - ``"late"``: no answer comes, and it takes effect only when the client has given up;
#: - ``"drop"``: the connection is closed, and it never takes effect;
#: - ``"429"``, ``"500"``, ``"502"``, ``"503"``: answered so, and it never takes effect.
Trouble = Literal[
    "commit then 502",
    "commit then 504",
    "commit then drop",
    "commit then silence",
    "late",
    "drop",
    "429",
    "500",
    "502",
    "503",
]


@dataclass(slots=True)
class Planned:
    """A trouble that waits for its requests. ``left`` is how often it will still strike, None for ever."""

    trouble: Trouble
    chosen: Callable[[Call], bool]
    left: int | None
    every: int
    seconds: int
    seen: int = 0

    def strikes(self, call: Call) -> bool:
        """Whether this request is hit; counts it."""
        if self.left == 0 or not self.chosen(call):
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """The troubles that are still to come. The first one that fits a request befalls it."""

    def __init__(self) -> None:
        self.planned: list[Planned] = []

    def add(
        self,
        trouble: Trouble,
        *,
        method: str | None = None,
        path: str = "*",
        when: Callable[[Call], bool] = lambda call: True,
        times: int | None = 1,
        every: int = 1,
        seconds: int = 60,
    ) -> None:
        """Let ``trouble`` befall requests to come.

        Args:
            trouble: What happens; see :data:`Trouble`.
            method: Only requests with this method. By default every write: all but GET.
            path: A pattern of the path as in :mod:`fnmatch`, without ``/v2``: ``"*/items/bulk"``, ``"/uploads/*"``.
            when: A further condition on the request; ``call.json()`` is its body.
            times: How many requests it befalls, None for all.
            every: 3 strikes at every third of the chosen requests.
            seconds: ``Retry-After`` of a 429; how much later a late request takes effect, by the simulator's clock.
        """

        def chosen(call: Call) -> bool:
            right_method = call.method == method if method else call.method != "GET"
            return right_method and fnmatchcase(call.path, path) and when(call)

        self.planned.append(Planned(trouble, chosen, times, every, seconds))

    def clear(self) -> None:
        """No more trouble."""
        self.planned.clear()

    def due(self, call: Call) -> Planned | None:
        """What befalls this request."""
        return next((planned for planned in self.planned if planned.strikes(call)), None)
