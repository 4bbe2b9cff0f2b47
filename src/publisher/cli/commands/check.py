"""``publisher check``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, articles_or_all, project_at, reporting
from publisher.cli.checkups import Format, say_checkups
from publisher.cli.options import Articles, AsJson, Quiet, To, Verbose
from publisher.cli.saying import Voice
from publisher.config import read_targets

Form = Annotated[Format, typer.Option("--format", help="github prints annotations for GitHub Actions.")]


def check(
    articles: Articles = None,
    to: To = None,
    form: Form = Format.TEXT,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say what is wrong with the articles.

    Nothing is sent. Where the project has targets, also what those will not take. The exit code is 5 where problems
    were found.
    With --json: {"checkups": [{"about", "ok", "findings": [{"verdict", "subject", "what", "remedy", "path", "line",
    "field", "target"}]}], "exit_code"}; path is absolute there. With --format github it is that from the root of the
    checkout.

    \b
    Examples:
      publisher check
      publisher check posts/first-loaf.md --to blog
      publisher check --format github            in a workflow: shown at the lines of a pull request
    """
    import publisher

    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or (), articles[0] if articles else None)
    with reporting(asked, "check"):
        meant = articles_or_all(articles)
        project = project_at(asked.about)
        named = asked.to or (project is not None and read_targets(project.file))
        targets = asked.backends(secrets=False) if named else []
        raise say_checkups(asked.voice, "check", [publisher.check(meant, targets)], form)
