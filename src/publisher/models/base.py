"""What all nouns share: frozen, strict about unknown fields, quiet about bytes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """A frozen record. Unknown fields are errors, so that a typo in a call is not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")
