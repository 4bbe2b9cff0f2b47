"""Signatures by known vectors, secrets that are none, and deliveries that are refused with one kind of error."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import subprocess
import sys

import hypothesis.strategies as st
import pytest
from hypothesis import given

from publisher.errors import ConfigurationError, SignatureError
from publisher.webhooks import WebhookEvent, new_secret, sign, sign_github, verify, verify_github

NOW = 1767323045
BODY = '{"type":"ping","timestamp":"2026-01-02T03:04:05Z","data":{"name":"café"}}'.encode()
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OLD = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
SIGNED = "v1,m2CzPYYIVNeTdlKq541Dx5mL4lteBY4UxTdcGO894Xg="
SIGNED_OLD = "v1,uXfyHkW/VWapfABz1bOe1Wstb7ynPqcYSvK4UOSfgcA="
GITHUB = "sha256=f148a85265851d8e655e8d621e296bbf9b947459e063bc6a3c2dbf151f697e78"


def headers(**changed: str) -> dict[str, str]:
    good = {"webhook-id": "msg_test_1", "webhook-timestamp": str(NOW), "webhook-signature": SIGNED}
    return good | {name.replace("_", "-"): value for name, value in changed.items()}


def secret_of(size: int) -> str:
    return "whsec_" + base64.b64encode(bytes(range(size))).decode()


def signed(body: bytes) -> dict[str, str]:
    return sign(SECRET, "msg_test_1", NOW, body)


# Signing


def test_vectors_are_signed_to_the_letter():
    """Both secrets of the vectors, alone and together; the newest stands first."""
    assert sign(SECRET, "msg_test_1", NOW, BODY) == headers()
    assert sign([SECRET, OLD], "msg_test_1", NOW, BODY)["webhook-signature"] == f"{SIGNED} {SIGNED_OLD}"
    assert sign_github("github-secret", "d-1", BODY) == {"X-Hub-Signature-256": GITHUB, "X-GitHub-Delivery": "d-1"}
    assert sign_github("github-secret", "d-1", BODY, header="X-Mine")["X-Mine"] == GITHUB


def test_time_of_another_zone_is_the_same_moment():
    """04:04:05+01:00 is 03:04:05Z."""
    local = dt.datetime(2026, 1, 2, 4, 4, 5, 900_000, dt.timezone(dt.timedelta(hours=1)))
    assert sign(SECRET, "msg_test_1", local, BODY) == headers()


@pytest.mark.parametrize(
    "moment",
    [NOW * 1000, -1, 123.7, "1767323045", None, dt.datetime.fromisoformat("2026-01-02")],
    ids=lambda moment: repr(moment)[:20],
)
def test_time_that_is_not_in_seconds_is_refused(moment):
    """Milliseconds, fractions, text, and times without a zone."""
    with pytest.raises(ConfigurationError, match="timestamp"):
        sign(SECRET, "msg_1", moment, BODY)


@pytest.mark.parametrize("id", ["", "a.b", "a b", "a\n", "é", "x" * 257])
def test_id_that_could_move_a_border_is_refused(id):
    """Dots above all."""
    with pytest.raises(ConfigurationError, match="cannot be the id"):
        sign(SECRET, id, NOW, BODY)


def test_text_is_not_signed():
    """What is signed are the bytes that are sent."""
    with pytest.raises(ConfigurationError, match="not bytes"):
        sign(SECRET, "msg_1", NOW, BODY.decode())


# Secrets


def test_new_secrets_are_good_and_differ():
    """32 random bytes each."""
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b64decode(secret.removeprefix("whsec_"))) for secret in made} == {32}


@pytest.mark.parametrize("size", [24, 64])
def test_shortest_and_longest_secret_are_taken(size):
    """24 to 64 bytes."""
    made = sign(secret_of(size), "msg_test_1", NOW, BODY)
    assert verify(secret_of(size), made, BODY, now=NOW).type == "ping"


@pytest.mark.parametrize("secret", [SECRET.encode(), [SECRET.encode()]])
def test_secret_in_bytes_is_told_as_that(secret):
    """As somebody has it who read it from a file."""
    with pytest.raises(ConfigurationError, match="a secret is text"):
        sign(secret, "msg_1", NOW, BODY)


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (secret_of(23), "23 bytes"),
        (secret_of(65), "65 bytes"),
        (secret_of(32).removeprefix("whsec_"), "does not begin"),
        ("whsk_" + secret_of(32).removeprefix("whsec_"), "key pair"),
        ("whpk_" + secret_of(32).removeprefix("whsec_"), "key pair"),
        (secret_of(32).rstrip("="), "not base64"),
        (secret_of(32) + "\n", "not base64"),
        (secret_of(32).replace("A", "A A", 1), "not base64"),
        (secret_of(32).replace("+", "-").replace("I", "-"), "not base64"),
        (secret_of(25)[:-3] + "B==", "not base64"),
        ("whsec_ÄÖÜ", "not base64"),
        ("", "does not begin"),
        ([], "no secret"),
        ([SECRET, "whsec_"], "0 bytes"),
    ],
)
def test_secret_that_is_none_is_refused_and_not_shown(secret, said):
    """By the signer and by the verifier, before anything that was delivered is looked at."""
    for use in (lambda: sign(secret, "msg_1", NOW, BODY), lambda: verify(secret, {}, b"")):
        with pytest.raises(ConfigurationError, match=said) as caught:
            use()
        shown = secret if isinstance(secret, str) else secret[-1] if secret else ""
        assert not shown.removeprefix("whsec_") or shown not in str(caught.value)


# Verifying


def test_genuine_delivery_becomes_an_event():
    """With its id, its type, its time and its data."""
    expected = WebhookEvent("msg_test_1", "ping", dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), {"name": "café"})
    assert verify(SECRET, headers(), BODY, now=NOW) == expected
    assert verify([OLD, SECRET], headers(), BODY, now=NOW + 300) == expected


@pytest.mark.parametrize(
    "given",
    [
        {name.title(): value for name, value in headers().items()},
        [(name.encode(), value.encode()) for name, value in headers().items()],
        list(headers().items()),
        headers(webhook_signature=f"v1a,abc v2,def {SIGNED_OLD} {SIGNED}"),
        headers(webhook_signature=f"v1 , v1,,  ,é v1,{'A' * 44} v1,===  {SIGNED}"),
    ],
    ids=["title case", "ASGI", "pairs", "other versions", "malformed entries before it"],
)
def test_headers_of_all_frameworks_are_read(given):
    """In any case, as pairs, as bytes; entries that are no signature are passed over."""
    assert verify(SECRET, given, BODY, now=NOW).id == "msg_test_1"


BAD = {
    "changed id": (headers(webhook_id="msg_test_2"), BODY),
    "changed time": (headers(webhook_timestamp=str(NOW + 1)), BODY),
    "changed body": (headers(), BODY.replace("é".encode(), b"e")),
    "latin-1 body": (headers(), BODY.decode().encode("latin-1")),
    "decomposed body": (headers(), BODY.replace("é".encode(), "e\u0301".encode())),
    "escaped body": (headers(), json.dumps(json.loads(BODY), separators=(",", ":")).encode()),
    "spaced body": (headers(), json.dumps(json.loads(BODY), ensure_ascii=False).encode()),
    "cut body": (headers(), BODY[:-1]),
    "newline after the body": (headers(), BODY + b"\n"),
    "no body": (headers(), b""),
    "text body": (headers(), BODY.decode()),
    "no headers": ({}, BODY),
    "no id": ({"webhook-timestamp": str(NOW), "webhook-signature": SIGNED}, BODY),
    "empty id": (headers(webhook_id=""), BODY),
    "dotted id": (headers(webhook_id=f"msg_test_1.{NOW}", webhook_timestamp=str(NOW)), BODY),
    "id with a break": (headers(webhook_id="msg_test_1\n"), BODY),
    "huge id": (headers(webhook_id="m" * 100_000), BODY),
    "time as a fraction": (headers(webhook_timestamp=f"{NOW}.7"), BODY),
    "time with blanks": (headers(webhook_timestamp=f" {NOW} "), BODY),
    "time in other digits": (headers(webhook_timestamp="١٧٦٧٣٢٣٠٤٥"), BODY),
    "time with underscores": (headers(webhook_timestamp="1_767_323_045"), BODY),
    "time before 1970": (headers(webhook_timestamp="-5"), BODY),
    "endless time": (headers(webhook_timestamp="9" * 5000), BODY),
    "infinite time": (headers(webhook_timestamp="inf"), BODY),
    "no comma": (headers(webhook_signature=SIGNED.replace(",", "")), BODY),
    "two commas": (headers(webhook_signature=SIGNED.replace(",", ",,")), BODY),
    "comma-separated": (headers(webhook_signature=f"{SIGNED_OLD},{SIGNED}"), BODY),
    "bad base64": (headers(webhook_signature="v1,!!!!"), BODY),
    "other version": (headers(webhook_signature=SIGNED.replace("v1", "v2")), BODY),
    "no padding": (headers(webhook_signature=SIGNED.rstrip("=")), BODY),
    "hexadecimal": (headers(webhook_signature=f"v1,{base64.b64decode(SIGNED[3:]).hex()}"), BODY),
    "not ASCII": (headers(webhook_signature=SIGNED + "é"), BODY),
    "lone surrogate": (headers(webhook_signature=SIGNED + "\udcff"), BODY),
    "NUL": (headers(webhook_signature="\0"), BODY),
    "huge signature": (headers(webhook_signature=f"{SIGNED} " * 100_000), BODY),
    "twice the same header": ([*headers().items(), ("Webhook-Id", "msg_test_1")], BODY),
    "old secret only": (headers(webhook_signature=SIGNED_OLD), BODY),
    "key not decoded": (
        headers(
            webhook_signature="v1,"
            + base64.b64encode(
                hmac.digest(SECRET.encode(), f"msg_test_1.{NOW}.".encode() + BODY, hashlib.sha256)
            ).decode()
        ),
        BODY,
    ),
    "id and time swapped": (sign(SECRET, str(NOW), 1, BODY) | {"webhook-id": "1", "webhook-timestamp": str(NOW)}, BODY),
    "signed, not UTF-8": (signed(b"\xff"), b"\xff"),
    "signed, no JSON": (signed(b"{"), b"{"),
    "signed, nested too deep": (signed(b"[" * 100_000), b"[" * 100_000),
    "signed, a list": (signed(b"[]"), b"[]"),
    "signed, no type": (signed(b'{"data":{}}'), b'{"data":{}}'),
    "signed, type is a number": (signed(b'{"type":1,"data":1}'), b'{"type":1,"data":1}'),
    "signed, no time": (signed(b'{"type":"a","data":1}'), b'{"type":"a","data":1}'),
    "signed, time is a number": (
        signed(b'{"type":"a","timestamp":1,"data":1}'),
        b'{"type":"a","timestamp":1,"data":1}',
    ),
    "signed, time without a zone": (
        signed(b'{"type":"a","timestamp":"2026-01-02T03:04:05","data":1}'),
        b'{"type":"a","timestamp":"2026-01-02T03:04:05","data":1}',
    ),
    "signed, NaN": (signed(BODY.replace(b'{"name"', b'{"n":NaN,"name"')), BODY.replace(b'{"name"', b'{"n":NaN,"name"')),
}


@pytest.mark.parametrize(("given", "body"), BAD.values(), ids=BAD.keys())
def test_bad_delivery_is_refused_with_one_kind_of_error(given, body):
    """Whatever is wrong with it: a receiver answers 400 and never 500."""
    with pytest.raises(SignatureError, match="not accepted"):
        verify(SECRET, given, body, now=NOW)


def test_id_with_a_dot_is_refused_even_if_it_is_signed():
    """With a dot nobody can say where the id ends and the time begins."""
    mac = hmac.digest(base64.b64decode(SECRET.removeprefix("whsec_")), f"a.b.{NOW}.".encode() + BODY, hashlib.sha256)
    given = headers(webhook_id="a.b", webhook_signature=f"v1,{base64.b64encode(mac).decode()}")
    with pytest.raises(SignatureError, match="webhook-id"):
        verify(SECRET, given, BODY, now=NOW)


@pytest.mark.parametrize("age", [301, -301, float("nan"), float("inf")])
def test_delivery_outside_the_tolerance_is_refused(age):
    """Before and after; and a clock that tells nothing lets nothing through."""
    with pytest.raises(SignatureError):
        verify(SECRET, headers(), BODY, now=NOW + age)


def test_tolerance_can_be_set():
    """An hour, for a queue between sender and receiver."""
    assert verify(SECRET, headers(), BODY, now=NOW + 3000, tolerance=3600).type == "ping"


@given(
    st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()), st.binary()
)
def test_no_delivery_raises_anything_else(given_headers, body):
    """Random headers and bodies: refused, each with the one error."""
    with pytest.raises(SignatureError):
        verify(SECRET, headers() | given_headers, body, now=NOW)


# GitHub's form


def test_github_delivery_is_verified_under_any_header():
    """With one of several secrets."""
    delivery = {"X-Hub-Signature-256": GITHUB, "x-github-delivery": "d-1"}
    assert verify_github(["other", "github-secret"], delivery, BODY).data == {"name": "café"}
    renamed = {"X-Mine": GITHUB, "x-github-delivery": "d-1"}
    assert verify_github("github-secret", renamed, BODY, header="X-Mine").id == "d-1"


@pytest.mark.parametrize(
    "value", ["", "sha256=", GITHUB.upper(), GITHUB.replace("256", "1"), GITHUB + "0", "é", GITHUB[7:]]
)
def test_bad_github_signature_is_refused(value):
    """With the same error as all others."""
    with pytest.raises(SignatureError):
        verify_github("github-secret", {"X-Hub-Signature-256": value, "x-github-delivery": "d-1"}, BODY)


@pytest.mark.parametrize("secrets", ["", [], [""]])
def test_github_without_a_secret_is_refused(secrets):
    """An empty secret would let everybody in."""
    with pytest.raises(ConfigurationError):
        verify_github(secrets, {}, BODY)


def test_verifying_loads_nothing_but_python_itself():
    """A receiver pays for no Pydantic, no httpx and no Markdown."""
    code = "import publisher.webhooks, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    foreign = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert {name for name in foreign if not name.startswith("_")} <= {
        "publisher",
        "sitecustomize",
        "distutils-precedence",
    }
