"""Prints outcomes and plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import typer

from publisher.cli.exits import of_errors
from publisher.cli.gathering import bare, gathered, named
from publisher.cli.saying import Voice
from publisher.errors import ConflictError
from publisher.models import Action, Outcome, Plan, PlannedAction

__all__ = ["say_outcomes", "say_plan", "tell_outcomes", "tell_plan"]


def say_outcomes(voice: Voice, command: str, outcomes: Sequence[Outcome]) -> typer.Exit:
    """Each outcome on a line, but one for those that one fault of a target or of the configuration keeps back; those
    that went wrong on stderr."""
    tell_outcomes(voice, outcomes)
    code = of_errors(outcome.error for outcome in outcomes)
    return voice.end(code, {"command": command, "outcomes": [outcome.record() for outcome in outcomes]})


def tell_outcomes(voice: Voice, outcomes: Sequence[Outcome]) -> None:
    """The lines of :func:`say_outcomes`."""
    counted: list[str] = []
    for same in gathered(outcomes, lambda outcome: (outcome.target, _word(outcome), outcome.error)):
        outcome = same[0]
        receipt = outcome.receipt
        if receipt is None:
            word = _word(outcome)
            counted += [word] * len(same)
            about = f"{outcome.key} -> {outcome.target}: {outcome.error}"
            if len(same) > 1 and outcome.error is not None:
                about = f"{len(same)} articles -> {outcome.target}: {bare(outcome.error)}\n{_names(voice, same)}"
            voice.trouble(f"{word:9} {_indented(about)}")
            continue
        word = "skipped" if receipt.action is Action.CONFLICT else receipt.action.value
        counted.append(word)
        if voice.verbose or not (voice.quiet or receipt.action is Action.NO_OP):
            voice.result(str(receipt), receipt.action.value)
    voice.note(_counts(counted))


def say_plan(voice: Voice, command: str, plan: Plan) -> typer.Exit:
    """Each action on a line, with what would change below it where that was asked for."""
    tell_plan(voice, plan)
    conflicts = [ConflictError(one.reason) for one in plan if one.action is Action.CONFLICT]
    code = of_errors([*(planned.error for planned in plan), *conflicts])
    return voice.end(code, {"command": command, "actions": [planned.record() for planned in plan]})


def tell_plan(voice: Voice, plan: Plan) -> None:
    """The lines of :func:`say_plan`."""
    for same in gathered(plan, lambda planned: (planned.target, f"{planned.action} {planned.reason}", planned.error)):
        planned = same[0]
        trouble = planned.error is not None or planned.action in (Action.CONFLICT, Action.BLOCKED)
        if len(same) > 1 and planned.error is not None:
            about = f"{planned.action:9} {len(same)} articles -> {planned.target}: {planned.reason}"
            voice.result(about, planned.action.value)
            voice.result(f"  {_indented(bare(planned.error))}\n  {_names(voice, same)}")
        elif trouble or voice.verbose or not (voice.quiet or planned.action is Action.NO_OP):
            voice.result(str(planned), planned.action.value)
            if planned.error is not None and planned.error.hint:
                voice.result(f"  {_indented(str(planned.error))}")
    voice.note(_counts([planned.action.value for planned in plan]))


def _names(voice: Voice, same: Sequence[Outcome] | Sequence[PlannedAction]) -> str:
    return named([one.key for one in same], every=voice.verbose)


def _word(outcome: Outcome) -> str:
    if outcome.in_doubt:
        return "in doubt"
    return "conflict" if isinstance(outcome.error, ConflictError) else "failed"


def _counts(words: Iterable[str]) -> str:
    counted = Counter("unchanged" if word == Action.NO_OP else word for word in words)
    return ", ".join(f"{number} {word}" for word, number in counted.items()) or "nothing to do"


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")
