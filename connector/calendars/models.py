"""When an organisation works."""

import uuid
from datetime import date

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from connector.db import Model


class BusinessCalendar(Model):
    """The hours of a tenant's week; a tenant without a row works from Monday to Friday, as `services.DEFAULT` says."""

    __tablename__ = "business_calendar"
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    zone: Mapped[str]
    """An IANA name."""
    country: Mapped[str | None]
    """Whose national holidays count, such as `DK`; None for none."""
    week: Mapped[list[list[list[int]]]] = mapped_column(JSON)
    """The hours of each weekday, Monday first: from and until, in minutes after midnight."""


class Holiday(Model):
    """A day on which an organisation does not work, beside the national ones."""

    __tablename__ = "business_holiday"
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
