"""The nouns: frozen records that every layer speaks in."""

from __future__ import annotations

from publisher.models.article import Article, CategoryPath, Image, Leak, RawHtml, Seo, Source, Status
from publisher.models.asset import Asset, ImageLimits, Rendition
from publisher.models.checkup import Checkup, Finding
from publisher.models.delivery import Delivery, Replayed
from publisher.models.job import Action, Effect, Intent, Job, Publication, Subject
from publisher.models.overview import ArticleState, Overview
from publisher.models.plan import Difference, Plan, PlannedAction
from publisher.models.receipt import Change, Event, EventKind, Outcome, Receipt
from publisher.models.target import Target

__all__ = [
    "Action",
    "Article",
    "ArticleState",
    "Asset",
    "CategoryPath",
    "Change",
    "Checkup",
    "Delivery",
    "Difference",
    "Effect",
    "Event",
    "EventKind",
    "Finding",
    "Image",
    "ImageLimits",
    "Intent",
    "Job",
    "Leak",
    "Outcome",
    "Overview",
    "Plan",
    "PlannedAction",
    "Publication",
    "RawHtml",
    "Receipt",
    "Rendition",
    "Replayed",
    "Seo",
    "Source",
    "Status",
    "Subject",
    "Target",
]
