"""``publisher doctor``."""

from __future__ import annotations

from publisher.cli.asked import Asked, project_at, reporting
from publisher.cli.checkups import say_checkups
from publisher.cli.options import AsJson, Ledger, Quiet, To, Verbose
from publisher.cli.saying import Voice
from publisher.config import backends, choose, read_targets
from publisher.errors import ConfigurationError


def doctor(
    to: To = None, ledger: Ledger = None, as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
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
        project = project_at(None)
        if project is None:
            raise ConfigurationError(
                "there is no publisher.toml here that has targets", hint="Make one: publisher init"
            )
        configured = read_targets(project.file)
        targets = backends([choose(configured, name, project.file) for name in asked.targets])
        raise say_checkups(asked.voice, "doctor", [publisher.doctor(target, ledger=ledger) for target in targets])
