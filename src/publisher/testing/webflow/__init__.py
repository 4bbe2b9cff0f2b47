"""A Webflow of your own, in memory: :class:`WebflowSimulator`.

``python -m publisher.testing.webflow`` serves one with a blog, to try things by hand.
"""

from __future__ import annotations

from publisher.testing.webflow.backstage import Logged
from publisher.testing.webflow.blog import Blog
from publisher.testing.webflow.calls import Call
from publisher.testing.webflow.designer import Designer
from publisher.testing.webflow.faults import Faults, Trouble
from publisher.testing.webflow.quirks import Quirks
from publisher.testing.webflow.refusals import Problem, RefusedError
from publisher.testing.webflow.simulator import WebflowSimulator
from publisher.testing.webflow.store import Field, FieldType
from publisher.testing.webflow.tokens import SCOPES

__all__ = [
    "SCOPES",
    "Blog",
    "Call",
    "Designer",
    "Faults",
    "Field",
    "FieldType",
    "Logged",
    "Problem",
    "Quirks",
    "RefusedError",
    "Trouble",
    "WebflowSimulator",
]
