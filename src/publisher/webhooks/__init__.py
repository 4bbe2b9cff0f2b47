"""Signed webhooks: making and checking the signatures of Standard Webhooks 1.0.0, and of its plainer relatives.

    headers = sign("whsec_…", "msg_1", 1767323045, body)
    event = verify(["whsec_new…", "whsec_old…"], request.headers, body)

Needs nothing but Python itself, so that a receiver may use it for this alone. What the events say is described by
:mod:`publisher.webhooks.payload` and by ``article-event.schema.json`` beside it.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from publisher.webhooks.signing import new_secret, sign, sign_github
from publisher.webhooks.verifying import WebhookEvent, verify, verify_bearer, verify_github

__all__ = ["WebhookEvent", "new_secret", "sign", "sign_github", "verify", "verify_bearer", "verify_github"]
