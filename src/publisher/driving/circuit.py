"""The circuit of a target: one that is dead is asked a few times, and then nobody waits for it any more."""

from __future__ import annotations

from publisher.errors import UnreachableError

#: How many requests in a row, each with all the tries that it gets, may come to nothing before the target counts as
#: dead. One is enough where no connection came about: an answer that does not come in time may be the trouble of one
#: request only.
SILENCES = 3

#: For so many seconds a target may give no usable answer before looks for lost creates wait for it no longer: a server
#: that is started anew is back within that time, and one that is not may stay away for hours.
SILENCE = 30.0

_HINT = "Nothing more was sent to it in this run. Run again when it answers; what was published stays as it is."


class Circuit:
    """What one run knows of whether its target answers.

    ``error`` says why nothing is sent any more, None while there is hope. Looks for lost answers are sent all the same:
    they wait a moment for the target to come back (see :data:`SILENCE`); and if it does, so does the hope.
    """

    def __init__(self) -> None:
        self._given_up: UnreachableError | None = None
        self._dead: UnreachableError | None = None
        self._silences = 0

    @property
    def error(self) -> UnreachableError | None:
        """Why nothing is sent any more."""
        return self._given_up or self._dead

    def answered(self) -> None:
        """There was a usable answer, be it a refusal."""
        self._silences = 0
        self._dead = None

    def silent(self, why: str, *, connected: bool) -> None:
        """A request was tried as often as it may be, and came to nothing."""
        self._silences += 1
        if not connected or self._silences >= SILENCES:
            self._dead = self._dead or UnreachableError(f"the target does not answer: {why}", hint=_HINT)

    def refuses(self, why: str) -> None:
        """The target turns everything away, for longer than may be waited."""
        self._dead = self._dead or UnreachableError(why, hint=_HINT)

    def give_up(self, error: UnreachableError) -> None:
        """The target is of no use for the rest of this run. The first reason is the one that is told."""
        self._given_up = self._given_up or error
