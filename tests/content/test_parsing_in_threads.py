"""Bodies are parsed by many threads at once."""

from __future__ import annotations

import subprocess
import sys

#: With a link and an image of each kind, written and bare.
BODY = """# A [link](/a/b?c=d#e)

![image](https://example.com/ä%20b.png "Title") <https://example.com/ü> https://www.example.com/x?y=(z)
<me@example.com> [one][1][^2] www.example.com

[1]: <https://bücher.example.com/a b> "One"
[^2]: [there](mailto:me@example.com)
"""

SHOWS = f"""
import sys
from mdurl import _decode, _encode
from publisher import Article
from publisher.content.markdown import parse
from publisher.rendering import render

def filled():
    tables = _encode.encode_cache, _decode.decode_cache
    return [{{name: tuple(letters) for name, letters in table.items()}} for table in tables]

before = filled()
parse({BODY!r})
for form in ("html", "blocks", "webflow"):
    render(Article(title="A", body={BODY!r}), form)
sys.exit(0 if before[0] and filled() == before else f"filled while a body was parsed: {{before}}")
"""


def test_no_table_that_threads_share_is_filled_while_a_body_is_parsed():
    """The library beneath shows its tables of letters half-filled, which made wrong addresses, and errors."""
    seen = subprocess.run([sys.executable, "-c", SHOWS], check=False, capture_output=True, text=True)
    assert (seen.returncode, seen.stderr) == (0, "")
