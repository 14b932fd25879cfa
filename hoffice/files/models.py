"""Which files the house keeps; their bytes lie in the instance folder under their own hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hoffice.db import Model


class StoredFile(Model):
    """One file; two rows may share the same bytes."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    media_type: Mapped[str]
    name: Mapped[str]
    """What a person sees when downloading; no path, no personal value beyond the document's."""
    created_at: Mapped[datetime]
