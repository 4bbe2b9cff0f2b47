"""The nouns: frozen records that every layer speaks in."""

from __future__ import annotations

from publisher.models.article import Article, Asset, Image, Source, Status
from publisher.models.job import Action, Effect, Intent, Job, Publication, Subject
from publisher.models.plan import Plan, PlannedAction
from publisher.models.receipt import Change, Event, EventKind, Outcome, Receipt
from publisher.models.target import Target

__all__ = [
    "Action",
    "Article",
    "Asset",
    "Change",
    "Effect",
    "Event",
    "EventKind",
    "Image",
    "Intent",
    "Job",
    "Outcome",
    "Plan",
    "PlannedAction",
    "Publication",
    "Receipt",
    "Source",
    "Status",
    "Subject",
    "Target",
]
