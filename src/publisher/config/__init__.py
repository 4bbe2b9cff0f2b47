"""The targets of a publisher.toml, by name.

    [targets.blog]
    kind = "wordpress"                          # the name of a backend, built-in or installed
    url = "https://blog.example.com"
    username = "ana"
    app_password = { env = "BLOG_PASSWORD" }    # or { keyring = "blog" }

Every other key is a keyword argument of the backend. A secret is never written into the file: it is a reference, which
is looked up when the target is really used.
"""

from __future__ import annotations

from publisher.config.lookup import backends, choose
from publisher.config.targets import ConfiguredTarget, read_targets

__all__ = ["ConfiguredTarget", "backends", "choose", "read_targets"]
