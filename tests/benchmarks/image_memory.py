"""How much memory a folder of photographs takes: a process of its own, which says its peak.

    python tests/benchmarks/image_memory.py FOLDER THREADS MAX_WIDTH

loads every article of the folder and makes the renditions of their images in threads, as a publisher does. Prints one
JSON object: ``peak`` (bytes, with the interpreter), ``idle`` (bytes before the first article), ``images``, ``seconds``
and ``uploaded`` (bytes of all renditions).
"""

from __future__ import annotations

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import publisher
from publisher.models import Asset, ImageLimits


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


def main(folder: str, threads: str, max_width: str) -> None:
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


if __name__ == "__main__":
    main(*sys.argv[1:])
