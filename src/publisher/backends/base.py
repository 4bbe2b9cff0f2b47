"""Backend: the code for one kind of target, and everything a new one has to provide.

An instance is one configured target. All methods are pure or flows (see :mod:`publisher.backends.steps`): no I/O, no
clock, no retry, no ledger. ``publisher.testing.BackendSuite`` says whether a backend keeps the contract.
"""

from __future__ import annotations

import hashlib
import json
import math
import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import httpx

from publisher.backends.comparing import edits
from publisher.backends.steps import Flow, Parcel, Placed, Written
from publisher.errors import ConfigurationError, PublisherError
from publisher.models import (
    Article,
    Asset,
    Change,
    Effect,
    Finding,
    ImageLimits,
    Intent,
    Job,
    Publication,
    Subject,
    Target,
)

OnConflict = Literal["fail", "skip", "overwrite"]
Verdict = Literal["settled", "transient", "permanent", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do. The suite skips what a flag rules out, by the flag's name.

    ``batch`` is how many jobs one ``publish`` flow takes, ``parallel`` how many such flows may run at once. ``assets``
    and ``terms`` tell that ``needs`` may name such subjects, ``unpublish`` that an article can be taken off the site
    and kept, ``drafts`` that one can be stored without being shown. ``proves_ownership`` means that ``publish`` finds
    its own article again when the ledger is lost; ``reads`` that it looks at what stands there before it writes, so
    that what somebody else did to an article is a conflict; ``schedules`` that the target itself shows at its time what
    has a date of the future, so that no later run has to (see ``Written.due``).
    """

    batch: int = 1
    parallel: int = 1
    assets: bool = True
    terms: bool = True
    drafts: bool = True
    unpublish: bool = True
    proves_ownership: bool = True
    reads: bool = True
    schedules: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How requests are kept to the public internet, for targets whose addresses were chosen by somebody else.

    ``deadline`` is how many seconds one try may take, from the look-up of the name to the last byte of the answer, and
    ``max_answer`` how many bytes of an answer are read. ``ports`` are those that may be used (None: any).
    ``allow_private`` and ``allow_http`` are for local development: the log warns of them.
    """

    deadline: float = 30.0
    max_answer: int = 65_536
    ports: frozenset[int] | None = None
    allow_private: bool = False
    allow_http: bool = False


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most ``requests`` in any ``per`` seconds; all of them may leave at once.

    ``credential`` is what the target counts by, an API token for example: targets with the same one share one budget,
    in all processes on one ledger, which keeps a keyed digest of it only. Empty for the target's host. ``origin`` is an
    address at the host whose requests count, by default the target's own; what goes elsewhere, an upload to a file
    store for example, is free. ``headers`` is how the headers begin by which the target tells its limit
    (``X-RateLimit-Limit``, ``-Remaining`` and ``-Reset``), and empty where it tells nothing.

    Raises :class:`ConfigurationError` unless both numbers are above zero.
    """

    requests: int
    per: float = 60.0
    credential: str = field(default="", repr=False)
    origin: str = ""
    headers: str = "X-RateLimit"

    def __post_init__(self) -> None:
        if self.requests < 1 or not 0 < self.per < math.inf:
            raise ConfigurationError(
                f"{self.requests} requests in {self.per} seconds is no rate",
                field="rate",
                hint="Give the number of requests, and the seconds they are counted over: RateLimit(30, per=60).",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How requests of one target leave.

    ``timeout`` is seconds for each phase of a request; ``settle`` how many seconds after a request was sent the target
    may still be at work on it, so that *absent* is not believed earlier; ``verify`` is True, or an SSL context for a
    private CA; ``headers`` are added to every request to the target's own host; ``transport`` replaces the network.
    ``rate`` is the user's own limit, in place of :meth:`Backend.rate`; headers of the target may lower it only.
    ``guard`` keeps what is sent off networks that are not public; without one every address is taken. Raises
    :class:`ConfigurationError` for ``verify=False`` with a guard.

    ``tries`` and ``deadline`` (seconds) bound how often and how long one request is tried in one run (None: as the
    driver does). ``schedule`` is when a job that failed at the target is tried again, in seconds after each failure
    before; its first member is the run itself. After the last one it is given up, until a person wants it. The driver
    moves each by up to 20 % either way, and a job is the same one, with its id, from try to try. Empty: whenever
    somebody runs ``retry``. ``log_days`` is how long the log of deliveries, and what was sent, is kept.
    """

    timeout: float = 30.0
    settle: float = 60.0
    verify: bool | ssl.SSLContext = True
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)
    rate: RateLimit | None = None
    guard: Guard | None = None
    tries: int | None = None
    deadline: float | None = None
    schedule: Sequence[float] = ()
    log_days: float = 30.0

    def __post_init__(self) -> None:
        if self.guard is not None and self.verify is False:
            raise ConfigurationError(
                "the certificate of an address that is guarded has to be checked",
                field="verify",
                hint="For a certificate of your own, pass an SSL context that trusts its CA.",
            )

    @property
    def hidden(self) -> Sequence[str]:
        """The values of headers that may be secrets, a token for a proxy before the target for example.

        Shorter ones than eight characters are none, and would be taken out of messages about something else.
        """
        return [value for value in self.headers.values() if len(value) >= 8]


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows when a flow starts: a snapshot.

    ``facts`` by name; ``placed`` the assets and terms that stand at the target; ``failed`` those that could not be
    placed in this run; ``publications`` by key; ``unanswered`` the replacing attempts by key whose answer never came
    (what stands there may be theirs); ``claimed`` the remote ids that belong to other keys.
    """

    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    placed: Mapping[Subject, Placed] = field(default_factory=dict)
    failed: Mapping[Subject, PublisherError] = field(default_factory=dict)
    publications: Mapping[str, Publication] = field(default_factory=dict)
    unanswered: Mapping[str, Sequence[Intent]] = field(default_factory=dict)
    claimed: frozenset[str] = frozenset()
    on_conflict: OnConflict = "fail"


@dataclass(frozen=True, slots=True)
class Preview:
    """What stands at a target of an article, beside what a job would write there, field by field.

    ``wanted`` holds the fields that would be sent and ``there`` the same fields as they stand (None where nothing
    does), both in words for people: names of terms, not ids. ``error`` is why the job would not be carried out, and
    ``losses`` are what the target would not hold as it was written.
    """

    there: Mapping[str, str] | None
    wanted: Mapping[str, str] = field(default_factory=dict)
    error: PublisherError | None = None
    losses: Sequence[Change] = ()


class Backend(ABC):
    """One kind of target; an instance is one configured target.

    ``images`` are the limits that the images of articles are fitted to before they get here.
    """

    kind: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    #: Arguments of the constructor that a publisher.toml may hold as references only, beside those that are annotated
    #: with pydantic's ``SecretStr``.
    secret_names: ClassVar[frozenset[str]] = frozenset()
    #: The fact by which a target that wants nothing more is remembered, until a person resumes it. Empty where no
    #: target ever says so.
    stop_fact: ClassVar[str] = ""

    def __init__(self, target: Target, connection: Connection, images: ImageLimits | None = None) -> None:
        self.target = target
        self.connection = connection
        self.images = images or ImageLimits()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.target.url!r})"

    @property
    def renderer(self) -> str:
        """Name and version of the rendering that this target gets, for example ``blocks-1``."""
        return ""

    def settings(self) -> Mapping[str, Any]:
        """The settings that change what is written, as JSON values: a change of them is a change of every article."""
        return {}

    def secrets(self) -> Sequence[str]:
        """The strings that must never be seen in a message, a log or the ledger.

        Those of fewer than four characters are not looked for: they keep nothing safe. A backend with credentials of
        its own adds them to what is ``hidden`` of its connection.
        """
        return self.connection.hidden

    def rate(self) -> RateLimit | None:
        """How many requests the target takes, as far as that is known beforehand; None where nobody counts them.

        Where the target's headers tell another limit, theirs counts. The driver keeps to it, for all targets with the
        same credential.
        """
        return None

    def needs(self, job: Job) -> Sequence[Subject]:
        """The assets and terms that must stand at the target before ``job``, a create or an update, can be written.

        A subject's name is the target's own identity of the thing: two names of one thing would be leased apart.
        """
        return ()

    def parent_of(self, need: Subject) -> Subject | None:
        """What must stand before ``need`` can be placed, itself a need: the parent of a category. None for nothing."""
        return None

    @abstractmethod
    def prepare(self, needs: Sequence[Subject], jobs: Sequence[Job], known: Known) -> Flow[None]:
        """Learn the facts that are missing in ``known.facts``, and place ``needs``, which the driver has leased.

        ``needs`` are missing, and may be more than one request holds; their parents stand and are in ``known.placed``.
        Settles each as ``Placed`` or ``Failed``, unless its create was lost; facts as ``Fact``. An article that the
        target can never hold may be settled as ``Failed`` here, before anything of it is sent; its needs may then stay
        unsettled. Raises :class:`PublisherError` where nothing at all can be published.
        """

    @abstractmethod
    def publish(self, batch: Sequence[Job], known: Known) -> Flow[None]:
        """Carry out up to ``capabilities.batch`` jobs whose needs are placed.

        Settles each job's subject as ``Written``, ``Removed`` or ``Failed``, unless its create was lost. Whether there
        is something to replace is told by ``known.publications``, not by ``job.action``, which is what was planned. A
        job without a publication begins with a look-up; a create about one subject leaves at most once per flow, unless
        it was provably refused.
        """

    @abstractmethod
    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        """Look for the effects of creates whose answers were lost.

        Settles each subject as ``Found``, ``Half``, ``Absent`` or ``Unsure``, judged by the journaled evidence alone.
        May send replaces, to remove what is half-made: for what is not published again nobody else will.
        """

    @abstractmethod
    def read(self, publications: Sequence[Publication], known: Known) -> Flow[Mapping[str, Written | None]]:
        """What stands at the target now, by key; None for what is gone."""

    def review(self, article: Article) -> Sequence[Finding]:
        """What this target will not take of an article, or make something else of, as far as that is known offline.

        ``article`` is as :meth:`publisher.Article.at` has it for this target. Each finding names its ``field``; the
        caller adds file, line and target. A problem is what will be refused, a warning what is published otherwise.
        Pure; the default finds nothing.
        """
        return ()

    def preview(self, jobs: Sequence[Job], known: Known) -> Flow[Mapping[str, Preview]]:
        """What up to ``capabilities.batch`` jobs, creates and updates, would change at the target, by key.

        Sends reads only, and settles nothing but facts. ``known.placed`` has a stand-in with the id ``0`` for each need
        that is not placed yet. What is wrong about one article is the error of its preview. The default shows nothing.
        """
        yield from ()
        return {}

    def edits(self, publication: Publication, there: Written) -> tuple[Change, ...]:
        """What somebody else changed since our last write, by what :meth:`read` told. Pure.

        The default compares the fields of the baseline.
        """
        return edits(publication, there.baseline, (), lambda fields: fields)

    def adopted(self, there: Written) -> Written:
        """What is remembered of something that stood there before us, by what :meth:`read` told. Pure.

        What is in its baseline and not in the article is removed by the next write. The default is all of it.
        """
        return there

    def check(self, known: Known) -> Flow[Sequence[Finding]]:
        """How the target stands: what works and what will go wrong, each with its remedy. Sends reads only.

        Raises nothing where something is broken: that is what it is asked for. The default looks at nothing.
        """
        yield from ()
        return ()

    def replay(self, about: Subject, parcel: Parcel, known: Known) -> Flow[None]:
        """Send the bytes of an event again, under the id of ``parcel``. Settles nothing; the log tells what came of it.

        Raises :class:`PublisherError` where the target gets nothing. The default is for targets that get no events.
        """
        yield from ()
        raise ConfigurationError(
            f"a target of the kind {self.kind!r} gets no events", hint="Publish the article again instead."
        )

    def classify(self, answer: httpx.Response, effect: Effect) -> Verdict:
        """What an answer means for the request.

        ``settled`` and ``permanent`` answers are given to the flow, of which a permanent one provably changed nothing;
        ``transient`` means that nothing took effect and the driver sends again; ``ambiguous`` that nobody can know, so
        that it sends again only what is no create. The default suits a JSON API without surprises.
        """
        status = answer.status_code
        if status < 300:
            return "settled"
        if status < 400:  # many a server answers a create that worked with the way to what it made
            return "ambiguous" if effect == "create" else "permanent"
        if status == 429 or (status == 503 and "retry-after" in answer.headers):
            return "transient"
        if status >= 500 or status in (408, 425):
            return "ambiguous"  # a gateway that gave up says nothing about the server behind it
        return "permanent"

    def fingerprint(self) -> str:
        """The digest of :meth:`settings` and of what becomes of images; part of the digest of the wish."""
        about = {"settings": self.settings(), "images": self.images.model_dump(mode="json")}
        text = json.dumps(about, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def assets_of(jobs: Sequence[Job]) -> dict[str, Asset]:
    """The assets that these jobs' articles use, by id."""
    return {asset.id: asset for job in jobs if job.article for asset in job.article.assets.values()}


def mark(key: str) -> str:
    """The short mark by which an article is recognised as ours at a target, whatever became of its slug."""
    return hashlib.sha256(f"publisher article {key}".encode()).hexdigest()[:20]
