"""From files to articles: front matter, Markdown, local images. No network and no ledger.

    articles       a file or a text becomes an article; everything that is wrong with it is told at once
    frontmatter/   the head of a file: YAML, TOML or JSON, with the line of every value
    fields/        what the values mean, and what single targets get instead
    markdown       the one parser; kept: its tokens, for all targets
    rawhtml/       HTML in a body is trusted, cleaned or refused
    leaks/         what must not be seen on a page
    images/        found, proved, and made what a target takes
    project        publisher.toml; rules: how its articles are read

Import the module that is needed (``publisher.content.articles``, ...): Markdown and image libraries are heavy.
"""
