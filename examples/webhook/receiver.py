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
        data, ours = event.data, event.data.get("_publisher", {})
        if event.type.startswith("article.") and ours["revision"] > revisions.get(data["id"], 0):
            revisions[data["id"]] = ours["revision"]  # what is older, or came before, is dropped
            if event.type == "article.deleted":
                articles.pop(data["id"], None)
            else:  # _publisher.status tells whether readers may see it, or from when on
                articles[data["id"]] = data if "content_html" in data else articles.get(data["id"], {}) | data
            print(event.type, data["id"], data.get("title", ""), f"({len(articles)} kept)", flush=True)
        return self.answer(200, {"id": data["id"]} if "id" in data else {})

    def answer(self, status: int, said: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8001), Receiver)
    print(f"listening at http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
