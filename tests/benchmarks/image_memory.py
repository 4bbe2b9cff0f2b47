"""How much memory a folder of photographs takes: in a process of its own, which says its peak.

    python tests/benchmarks/image_memory.py make FOLDER COUNT ORIENTATION baseline|progressive
    python tests/benchmarks/image_memory.py measure FOLDER THREADS MAX_WIDTH

``make`` writes articles with one photograph of 12 megapixels each, all different to the bit. They are noise as a
sensor's at ISO 3200, about 7 MB, encoded once; a comment makes each one of its own.

``measure`` loads every article of the folder and makes the renditions of their images in threads, as a publisher does;
MAX_WIDTH 0 is no limit. It prints one JSON object: ``peak`` (bytes, with the interpreter), ``idle`` (bytes before the
first article), ``images``, ``seconds`` and ``uploaded`` (bytes of all renditions).
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def make(folder: str, count: str, orientation: str, coding: str) -> None:
    """Articles with photographs; see above."""
    from PIL import ExifTags, Image

    image = Image.merge("RGB", [Image.effect_noise((4000, 3000), 40) for _ in "RGB"])
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = int(orientation)
    into = io.BytesIO()
    image.save(into, "JPEG", quality=85, exif=exif, progressive=coding == "progressive")
    data = into.getvalue()
    for number in range(int(count)):
        post = Path(folder) / f"post-{number}"
        post.mkdir(parents=True)
        comment = f"{number:08}".encode()
        (post / "photo.jpg").write_bytes(data[:2] + b"\xff\xfe\0\x0a" + comment + data[2:])
        (post / "index.md").write_text(f"# Post {number}\n\n![A photo](photo.jpg)\n")
    (Path(folder) / "publisher.toml").write_text('content_root = "."\n')


def measure(folder: str, threads: str, max_width: str) -> None:
    """What they take; see above."""
    import publisher
    from publisher.models import Asset, ImageLimits

    idle, begin = peak(), time.perf_counter()
    limits = ImageLimits(max_width=int(max_width) or None)

    def uploaded(asset: Asset) -> int:
        return len(asset.fitted(limits).rendition().data)

    articles = list(publisher.load_articles(Path(folder)))
    assets = [asset for article in articles for asset in article.assets.values()]
    with ThreadPoolExecutor(int(threads)) as pool:
        sizes = list(pool.map(uploaded, assets))
    said = {"peak": peak(), "idle": idle, "images": len(sizes), "seconds": time.perf_counter() - begin}
    print(json.dumps(said | {"uploaded": sum(sizes)}))


def peak() -> int:
    """The largest resident size of this process so far, in bytes.

    Linux says it in /proc (proc(5): VmHWM); what getrusage(2) says there is inherited from the process that started
    this one. Elsewhere getrusage counts kibibytes, on macOS bytes.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    {"make": make, "measure": measure}[sys.argv[1]](*sys.argv[2:])
