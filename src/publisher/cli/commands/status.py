"""``publisher status``."""

from __future__ import annotations

from publisher.cli.asked import Asked, project_at, reporting
from publisher.cli.exits import Exit
from publisher.cli.gathering import bare, gathered, named
from publisher.cli.options import AsJson, Ledger, Quiet, To, Verbose
from publisher.cli.saying import Voice
from publisher.config import read_targets
from publisher.errors import ConflictError, PublisherError
from publisher.models import ArticleState, Overview


def status(
    to: To = None,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say what stands where, and what is left to do.

    By the ledger: what is in doubt, what failed, and which files changed since. Nothing is sent, and no secret is
    needed. An article is settled, in doubt, failed or unfinished. The exit code is 0 where all is settled.
    With --json: {"articles": [{"key", "target", "state", "receipt", "error", "path", "file", "due"}], "in_doubt":
    [{"target", "kind", "name"}], "exit_code"}.

    \b
    Examples:
      publisher status
      publisher status --to blog --json
    """
    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or (), None, ledger)
    with reporting(asked, "status"):
        overview = _overview(asked)
        for same in gathered(overview, _reason):
            one = same[0]
            if len(same) > 1 and one.error is not None:
                asked.voice.result(
                    f"{one.state:10} {len(same)} articles -> {one.target}: nothing confirmed there", one.state
                )
                said = bare(one.error).replace("\n", "\n  ")
                asked.voice.result(f"  {said}\n  {named([state.key for state in same], every=verbose)}")
            elif one.state != "settled" or not quiet:
                asked.voice.result(str(one), one.state)
        for target, subject in overview.in_doubt:
            asked.voice.result(f"in doubt   {subject} -> {target}", "in doubt")
        counts = ", ".join(f"{number} {state}" for state, number in overview.counts.items())
        asked.voice.note(counts or "nothing was published by this ledger")
        raise asked.voice.end(_code(overview), {"command": "status", **overview.record()})


def _overview(asked: Asked) -> Overview:
    if asked.to:
        return asked.call(lambda publisher: publisher.status(asked.targets), targets=())
    project = project_at(None)
    names = list(read_targets(project.file)) if project is not None else []
    return asked.call(lambda publisher: publisher.status(), targets=names)


def _reason(one: ArticleState) -> tuple[str, str, PublisherError | None]:
    """What several articles may share of which nothing stands there yet."""
    return one.target, one.state if one.receipt is None else f"{one.state} {one.key}", one.error


def _code(overview: Overview) -> Exit:
    codes = {_of(one) for one in overview if one.state != "settled"} | ({Exit.IN_DOUBT} if overview.in_doubt else set())
    return next((code for code in (Exit.FAILED, Exit.IN_DOUBT, Exit.CONFLICT) if code in codes), Exit.FINE)


def _of(one: ArticleState) -> Exit:
    if one.state == "in doubt":
        return Exit.IN_DOUBT
    return Exit.CONFLICT if isinstance(one.error, ConflictError) else Exit.FAILED
