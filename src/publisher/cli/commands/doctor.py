"""``publisher doctor``."""

from __future__ import annotations

from publisher.cli.asked import Asked, reporting
from publisher.cli.checkups import say_checkups
from publisher.cli.options import AsJson, Quiet, To, Verbose
from publisher.cli.saying import Voice


def doctor(to: To = None, as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Say how the targets stand.

    What works there, what will go wrong, and what to do about it. Only reads are sent. The exit code is 5 where
    problems were found.
    With --json: {"checkups": [{"about", "ok", "findings": [{"verdict", "subject", "what", "remedy", "path", "line",
    "field", "target"}]}], "exit_code"}.

    \b
    Examples:
      publisher doctor
      publisher doctor --to blog
    """
    import publisher

    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or ())
    with reporting(asked, "doctor"):
        targets = asked.backends(secrets=True)
        raise say_checkups(asked.voice, "doctor", [publisher.doctor(target) for target in targets])
