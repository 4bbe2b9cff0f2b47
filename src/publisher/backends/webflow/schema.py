"""What a collection is made of, and which of its fields takes what of an article.

Source: https://developers.webflow.com/data/reference/cms/collections/get and the field types there
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from publisher.errors import UnexpectedAnswerError

__all__ = ["Collection", "Field"]


class Field(NamedTuple):
    """A field of a collection. ``options`` maps the labels of an Option to their ids; ``refers_to`` is a collection."""

    slug: str
    type: str
    name: str
    required: bool = False
    editable: bool = True
    validations: Mapping[str, Any] = {}

    @property
    def options(self) -> dict[str, str]:
        found = self.validations.get("options")
        rows = found if isinstance(found, list) else []
        return {str(row["name"]): str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row}

    @property
    def refers_to(self) -> str:
        return str(self.validations.get("collectionId") or "")

    def __str__(self) -> str:
        return f"{self.slug} ({self.type})"


class Collection(NamedTuple):
    """A collection with its fields, in its own order."""

    id: str
    name: str
    fields: tuple[Field, ...]

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Self:
        """From the API's answer, or from what :meth:`fact` made. Raises :class:`UnexpectedAnswerError`."""
        rows = value.get("fields")
        if not isinstance(value.get("id"), str) or not isinstance(rows, list):
            raise UnexpectedAnswerError(
                "Webflow told of a collection without an id or without its fields", hint="Check base_url."
            )
        fields = tuple(_field(row) for row in rows if isinstance(row, dict) and row.get("type"))
        return cls(value["id"], str(value.get("displayName") or value["id"]), fields)

    def fact(self) -> dict[str, Any]:
        """As JSON values, in the API's words."""
        fields = [
            {
                "slug": field.slug,
                "type": field.type,
                "displayName": field.name,
                "isRequired": field.required,
                "isEditable": field.editable,
                "validations": dict(field.validations),
            }
            for field in self.fields
        ]
        return {"id": self.id, "displayName": self.name, "fields": fields}

    def field(self, slug: str) -> Field | None:
        return next((field for field in self.fields if field.slug == slug), None)

    def of_type(self, *types: str) -> Sequence[Field]:
        return [field for field in self.fields if field.type in types]


def _field(row: Mapping[str, Any]) -> Field:
    validations = row.get("validations")
    return Field(
        slug=str(row.get("slug") or ""),
        type=str(row["type"]),
        name=str(row.get("displayName") or row.get("slug") or ""),
        required=bool(row.get("isRequired")),
        editable=row.get("isEditable") is not False,
        validations=validations if isinstance(validations, dict) else {},
    )
