"""What targets keep secret, whichever backend they have."""

from __future__ import annotations

import pytest

from publisher import Webflow, Webhook, WordPress
from publisher.webhooks import new_secret

#: As a proxy before the target wants them.
PROXY = {"CF-Access-Client-Secret": "a-key-of-the-proxy", "X-Staging": "yes"}


@pytest.mark.parametrize(
    "backend",
    [
        WordPress("https://blog.example.com", username="ana", app_password="abcd " * 6, headers=PROXY),
        Webflow(token="t" * 64, collection_id="5" * 24, headers=PROXY),
        Webhook("https://example.com/hook", secret=new_secret(), headers=PROXY),
    ],
    ids=lambda backend: backend.kind,
)
def test_headers_of_the_user_s_own_are_kept_secret(backend):
    """They may be the keys of a proxy before the target; a word like yes is none."""
    assert PROXY["CF-Access-Client-Secret"] in backend.secrets()
    assert "yes" not in backend.secrets()
