"""Receives articles in a few lines, with no framework: HOOK_SECRET=whsec_… python receiver.py [port]"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from publisher.errors import SignatureError
from publisher.webhooks import verify

articles: dict[str, dict[str, object]] = {}  # a real receiver has a database in place of both
revisions: dict[str, int] = {}


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 2_000_000))
        try:
            event = verify(os.environ["HOOK_SECRET"], self.headers.items(), body)
        except SignatureError as error:
            return self.answer(401, {"error": str(error)})
        if event.type.startswith("article.") and event.data["_publisher"]["revision"] > revisions.get(
            event.data["id"], 0
        ):
            revisions[event.data["id"]] = event.data["_publisher"][
                "revision"
            ]  # what is older, or came before, is dropped
            articles[event.data["id"]] = event.data if event.type in ("article.published", "article.updated") else {}
            print(event.type, event.data["id"], event.data.get("title", ""), flush=True)
        return self.answer(200, {"id": event.data["id"]} if "id" in event.data else {})

    def answer(self, status: int, said: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8001), Receiver)
    print(f"listening at http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
