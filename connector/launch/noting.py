"""What a launch tells of its platform, for the self-check page."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from connector.courses.models import Role
from connector.db import Database
from connector.platforms.checks import Seen, note, note_all
from connector.platforms.models import Check
from connector.web.models import Proof

_CHECKS = {
    "anonymous": Check.LAUNCH,
    "browser_unproven": Check.BROWSER,
    "deployment_waiting": Check.DEPLOYMENT,
    "unknown_kid": Check.KEYS,
    "signature_invalid": Check.KEYS,
}
"""Refusals that the platform's administrator can mend, beside those of the id_token."""


def note_launch(session: Session, platform_id: uuid.UUID, role: Role, proof: Proof | None, *, now: datetime) -> None:
    """Note a good launch; `proof` is None while the browser still has to show that it began it."""
    seen = [
        Seen(check=Check.KEYS),
        Seen(check=Check.LAUNCH, detail=role.value, is_one_of=True),
        Seen(check=Check.DEPLOYMENT),
    ]
    if proof is not None:
        seen.append(Seen(check=Check.BROWSER, detail=proof.value, is_one_of=True))
    session.flush()
    note_all(session, platform_id, seen, now=now)


def note_proof(session: Session, platform_id: uuid.UUID, proof: Proof, *, now: datetime) -> None:
    """Note that a browser proved itself after its launch."""
    note_all(session, platform_id, [Seen(check=Check.BROWSER, detail=proof.value, is_one_of=True)], now=now)


def note_token_refused(database: Database, platform_id: uuid.UUID, code: str, *, now: datetime) -> None:
    """Note that an id_token was refused, or that the key for it could not be had."""
    check = Check.KEYS if code.startswith("key_") else _CHECKS.get(code, Check.LAUNCH)
    note(database, platform_id, check, ok=False, detail=code, now=now)


def note_refused(session: Session, platform_id: uuid.UUID, code: str, *, now: datetime) -> None:
    """Note why a launch led nowhere, in place of what `session` holds, and commit; people's own reasons are left out."""
    session.rollback()
    if check := _CHECKS.get(code):
        note(session, platform_id, check, ok=False, detail=code, now=now)
        session.commit()
