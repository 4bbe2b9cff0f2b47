"""From files to articles: front matter, Markdown, local images. No network and no ledger.

Import the module that is needed (``publisher.content.articles``, ...): Markdown and image libraries are heavy.
"""
