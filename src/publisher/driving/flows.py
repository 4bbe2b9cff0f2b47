"""Runs flows: sends what they want sent, commits what they settle, runs together what they want together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import anyio
import httpx

from publisher.backends.steps import Address, Done, Failed, Fit, Flow, Lost, Resolve, Send, Together
from publisher.errors import AuthenticationError, PublisherError
from publisher.models import Asset, Rendition, Subject

R = TypeVar("R")


class Driver(Protocol):
    """Does what flows want done."""

    async def send(self, step: Send) -> httpx.Response | Lost:
        """Send a request; what came of it."""

    async def fit(self, asset: Asset) -> Rendition | Failed:
        """The bytes of an asset, or what is wrong with it."""

    async def resolve(self, step: Resolve) -> tuple[Address, ...] | Lost:
        """The addresses of a host; see :func:`publisher.driving.guard.resolved`."""

    async def settle(self, step: Done) -> None:
        """Commit to the ledger that something is settled."""


async def drive(flow: Flow[R], driver: Driver) -> R:
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
            value = await driver.send(step)
        elif isinstance(step, Fit):
            value = await driver.fit(step.asset)
        elif isinstance(step, Resolve):
            value = await driver.resolve(step)
        elif isinstance(step, Done):
            await driver.settle(step)
        else:
            value = await _together(step, driver)


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


async def _together(step: Together, driver: Driver) -> list[Any]:
    results: list[Any] = [None] * len(step.flows)

    async def member(place: int, flow: Flow[Any]) -> None:
        try:
            results[place] = await drive(flow, driver)
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
