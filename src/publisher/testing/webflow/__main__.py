"""``python -m publisher.testing.webflow``: a simulated Webflow with a blog, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import threading

from publisher.testing.webflow.simulator import TOKEN, WebflowSimulator


def main() -> None:
    """Serve, and print what a client has to know."""
    parser = argparse.ArgumentParser(prog="python -m publisher.testing.webflow", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="a port of this machine; default: any that is free")
    parser.add_argument("--token", default=TOKEN, help="the API token")
    parser.add_argument("--requests-per-minute", type=int, default=60)
    options = parser.parse_args()
    simulator = WebflowSimulator(token=options.token, requests_per_minute=options.requests_per_minute)
    blog = simulator.add_blog()
    simulator.designer.publish_site()  # as after the last change in the Designer
    with contextlib.suppress(KeyboardInterrupt), simulator.serving(port=options.port) as url:
        lines = {"url": url, "token": simulator.token, "site": simulator.site_id, **blog._asdict()}
        width = max(map(len, lines))
        print("\n".join(f"{name:{width}}  {value}" for name, value in lines.items()), flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
