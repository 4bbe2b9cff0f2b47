"""Shelf: a small CMS over JSON, of the kind that many a company has written for itself. It runs in this process.

Every request needs `Authorization: Bearer <token>`.

GET    /notes ?slug= &source=    the notes that match; drafts too
GET    /notes/{id}
POST   /notes                    creates: 201, or 409 where the slug is taken
PATCH  /notes/{id}               replaces the fields that are given
DELETE /notes/{id}               204

A note has id, slug, title, html, state ("draft" or "live"), source (for clients: whatever they like) and edition, a
number that grows with every write.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Note = dict[str, Any]
FIELDS = ("slug", "title", "html", "state", "source")
STRANGER = JSONResponse({"error": "who are you?"}, 401)
TAKEN = JSONResponse({"error": "this slug is taken"}, 409)


class ShelfCms:
    """One shelf: ``notes`` by id, and the ASGI application ``app`` that serves them."""

    def __init__(self, token: str) -> None:
        self.notes: dict[str, Note] = {}
        self._token = token
        self._ids, self._editions = itertools.count(1), itertools.count(1)
        self.app = Starlette(
            routes=[
                Route("/notes", self._list, methods=["GET"]),
                Route("/notes", self._create, methods=["POST"]),
                Route("/notes/{id}", self._one, methods=["GET", "PATCH", "DELETE"]),
            ]
        )

    def add(self, fields: Note) -> Note:
        """A new note."""
        note = {"id": str(next(self._ids)), **dict.fromkeys(FIELDS, ""), **fields, "edition": next(self._editions)}
        self.notes[note["id"]] = note
        return note

    def write(self, note_id: str, fields: Note) -> Note:
        """Other values for some fields of a note."""
        self.notes[note_id] |= {**fields, "edition": next(self._editions)}
        return self.notes[note_id]

    async def _list(self, request: Request) -> Response:
        if not self._knows(request):
            return STRANGER
        asked = [(name, value) for name, value in request.query_params.items() if name in FIELDS]
        return JSONResponse([note for note in self.notes.values() if all(note[name] == value for name, value in asked)])

    async def _create(self, request: Request) -> Response:
        if not self._knows(request):
            return STRANGER
        fields = _fields(await request.body())
        if self._is_taken(fields.get("slug"), by_other_than=""):
            return TAKEN
        return JSONResponse(self.add(fields), 201)

    async def _one(self, request: Request) -> Response:
        note_id = request.path_params["id"]
        if not self._knows(request):
            return STRANGER
        if note_id not in self.notes:
            return JSONResponse({"error": "there is no such note"}, 404)
        if request.method == "GET":
            return JSONResponse(self.notes[note_id])
        if request.method == "DELETE":
            del self.notes[note_id]
            return Response(status_code=204)
        fields = _fields(await request.body())
        if self._is_taken(fields.get("slug"), by_other_than=note_id):
            return TAKEN
        return JSONResponse(self.write(note_id, fields))

    def _knows(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self._token}"

    def _is_taken(self, slug: str | None, by_other_than: str) -> bool:
        return any(note["slug"] == slug and note["id"] != by_other_than for note in self.notes.values())


def _fields(body: bytes) -> Note:
    sent = json.loads(body) if body else {}
    return {name: sent[name] for name in FIELDS if name in sent}
