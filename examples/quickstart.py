"""A content script: one article to one site. Credentials come from the environment.

BLOG_URL=https://blog.example.com BLOG_USER=ana BLOG_APP_PASSWORD='…' python examples/quickstart.py post.md
"""

from __future__ import annotations

import os
import sys

from publisher import PublisherError, WordPress, publish

blog = WordPress(os.environ["BLOG_URL"], username=os.environ["BLOG_USER"], app_password=os.environ["BLOG_APP_PASSWORD"])
try:
    receipt = publish(sys.argv[1], blog)
except PublisherError as error:
    sys.exit(f"not published: {error}")
print(receipt.action, receipt.url)
for change in receipt.changes:
    print("the site changed", change)
