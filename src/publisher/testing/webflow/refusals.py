"""Errors in the form in which Webflow answers them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from publisher.testing.webflow.quirks import Quirks


class Problem(NamedTuple):
    """One entry of ``details``: which parameter is wrong, and how."""

    param: str
    description: str


class RefusedError(Exception):
    """The request is answered with an error. ``code`` is None where Webflow's own example has none.

    ``wait`` is how many seconds a 429 asks for.
    """

    def __init__(
        self, status: int, code: str | None, message: str, problems: Iterable[Problem] = (), *, wait: int | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.problems = tuple(problems)
        self.wait = wait

    def body(self, quirks: Quirks) -> dict[str, Any]:
        """The JSON of the answer."""
        match quirks.details:
            case "param":
                details: list[Any] = [{"param": p.param, "description": p.description} for p in self.problems]
            case "field":
                details = [{"field": p.param, "message": p.description} for p in self.problems]
            case "strings":
                details = [f"{p.param}: {p.description}" for p in self.problems]
        code = {"code": self.code} if self.code and quirks.code else {}
        return {"message": self.message, **code, "externalReference": None, "details": details}


def invalid(*problems: Problem, message: str = "Validation Error") -> RefusedError:
    """400 with what is wrong."""
    return RefusedError(400, "validation_error", message, problems)


def malformed(why: str) -> RefusedError:
    """400 for a request that is not of the API's form."""
    return RefusedError(400, "bad_request", "Bad Request: Request is malformed", [Problem("body", why)])


def bad_id(param: str) -> RefusedError:
    """400 for something that is no id at all."""
    problem = Problem(param, "must be a string of 24 hexadecimal characters")
    return invalid(problem, message="Validation Error: Provided ID is invalid")


def missing(what: str) -> RefusedError:
    """404."""
    return RefusedError(404, "resource_not_found", f"Requested resource not found: {what}")


def conflict(why: str, *, code: str | None = "conflict") -> RefusedError:
    """409."""
    return RefusedError(409, code, f"Conflict: {why}")


def merged(refusals: Sequence[RefusedError]) -> RefusedError:
    """One answer for several bad entries: the first one's status, everybody's problems."""
    first = refusals[0]
    alike = [refused for refused in refusals if refused.code == first.code]
    problems = [problem for refused in alike for problem in refused.problems]
    return RefusedError(first.status, first.code, first.message, problems)
