"""The endpoint of the LRS that Kring brings along: made by the installation itself, on this machine."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.delivery.models import Endpoint
from connector.platforms.models import Tenant
from connector.sealing import seal, unseal

HOST, PORT = "127.0.0.1", 8002
NAME = "Embedded LRS"
USERNAME = "kring"


def find_embedded(session: Session) -> Endpoint | None:
    """Return the endpoint of the embedded LRS; None where the installation has none."""
    return session.scalar(select(Endpoint).where(Endpoint.is_embedded).order_by(Endpoint.created_at).limit(1))


def ensure_embedded(
    session: Session, tenant: Tenant, settings: Settings, *, port: int | None = None, now: datetime
) -> Endpoint:
    """Return the endpoint of the embedded LRS; one that is not there is made, with a password.

    Nobody else sets `is_embedded`: it lets requests reach this machine.

    Args:
        port: Where it listens from now on; None for where it does already.
    """
    found = find_embedded(session)
    if found is not None:
        found.url = found.url if port is None else _url(port)
        return found
    password = secrets.token_urlsafe(24)
    endpoint = Endpoint(
        tenant=tenant,
        name=NAME,
        url=_url(PORT if port is None else port),
        username=USERNAME,
        password=seal(settings.secret_key, password.encode()),
        version="1.0.3",
        is_embedded=True,
        created_at=now,
        due_at=now,
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def password_of(endpoint: Endpoint, settings: Settings) -> str:
    """Return the password that the LRS is to accept.

    Raises:
        SealError: It was sealed with another secret key.
    """
    return unseal(settings.secret_key, endpoint.password).decode()


def _url(port: int) -> str:
    return f"http://{HOST}:{port}/xAPI/"
