"""What every part of the inventory is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the inventory: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
