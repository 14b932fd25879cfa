"""The mark that says: this database was filled by the demo, and by nothing else."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hoffice.db import Model


class DemoMark(Model):
    """Written only when the database was empty; without it there is no demo."""

    __tablename__ = "demo_mark"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    day_three: Mapped[date]
