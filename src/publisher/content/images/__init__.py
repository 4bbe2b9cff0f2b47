"""Images: found in an article, proved from their bytes, and made what a target takes."""
