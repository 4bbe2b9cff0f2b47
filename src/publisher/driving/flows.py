"""Runs flows: sends what they want sent, commits what they settle, runs together what they want together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import anyio
import httpx

from publisher.backends.steps import Done, Failed, Flow, Lost, Send, Together
from publisher.errors import AuthenticationError, PublisherError
from publisher.models import Subject

R = TypeVar("R")

SendStep = Callable[[Send], Awaitable[httpx.Response | Lost]]
Settle = Callable[[Done], Awaitable[None]]


async def drive(flow: Flow[R], send: SendStep, settle: Settle) -> R:
    """Run ``flow`` to its end. Whatever it raises comes out; nothing is thrown into it."""
    value: Any = None
    while True:
        try:
            step = flow.send(value)
        except StopIteration as end:
            result: R = end.value
            return result
        value = None
        if isinstance(step, Send):
            value = await send(step)
        elif isinstance(step, Done):
            await settle(step)
        else:
            value = await _together(step, send, settle)


async def side_by_side(tasks: Sequence[Callable[[], Awaitable[None]]], limit: int) -> None:
    """Run ``tasks``, at most ``limit`` at a time. What one of them raises comes out as it is, not in a group."""
    slots = anyio.CapacityLimiter(max(1, limit))

    async def one(task: Callable[[], Awaitable[None]]) -> None:
        async with slots:
            await task()

    try:
        async with anyio.create_task_group() as group:
            for task in tasks:
                group.start_soon(one, task)
    except BaseExceptionGroup as errors:
        first = _first(errors)
        if first is None:
            raise
        raise first from None


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException | None:
    """The error to raise for a group: its only one, or the first of many if all are ours."""
    leaves: list[BaseException] = []
    for error in errors.exceptions:
        inner = _first(error) if isinstance(error, BaseExceptionGroup) else error
        if inner is None:
            return None
        leaves.append(inner)
    return leaves[0] if len(leaves) == 1 or all(isinstance(leaf, PublisherError) for leaf in leaves) else None


async def _together(step: Together, send: SendStep, settle: Settle) -> list[Any]:
    results: list[Any] = [None] * len(step.flows)

    async def member(place: int, flow: Flow[Any]) -> None:
        try:
            results[place] = await drive(flow, send, settle)
        except AuthenticationError:
            raise
        except PublisherError as error:
            results[place] = Failed(error)

    await side_by_side([partial(member, place, flow) for place, flow in enumerate(step.flows)], step.limit)
    return results


def lease_names(subject: Subject, slugs: Mapping[Subject, str]) -> frozenset[str]:
    """What has to be leased before a request about ``subject`` may leave: for an article its slug as well."""
    names = {f"{subject.kind}:{subject.name}"}
    if subject in slugs:
        names.add(f"slug:{slugs[subject]}")
    return frozenset(names)
