"""What ``publisher demo`` shows: articles to publish, and places on this machine to publish them to."""
