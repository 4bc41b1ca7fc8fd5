"""`kring people`: forget somebody, and show how far that has come."""

import uuid
from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from connector.courses.models import Person
from connector.db import utc_now
from connector.holders import HOLDERS
from connector.operations.opening import open_session, open_settings
from connector.privacy import erasure
from connector.privacy.errors import PrivacyError
from connector.privacy.models import Erasure


@click.group()
def people() -> None:
    """What people may ask for about themselves."""


@people.command()
@click.argument("person_id", metavar="NUMBER", type=click.UUID, required=False)
@click.option("--issuer", help="Of the LMS that knows the person, such as https://lms.example")
@click.option("--subject", help="What that LMS calls them, in all of its registrations.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
def erase(person_id: uuid.UUID | None, issuer: str | None, subject: str | None, *, is_sure: bool) -> None:
    """Forget somebody for good.

    NUMBER stands on their page of personal data. Their name, address and pseudonym go, and what they wrote for nobody yet; what they posted stays, as a former
    member's. What was recorded is taken back from every LRS as far as it lets us. The LMS has to forget them first: who
    comes from there again is somebody new.
    """
    if (person_id is None) == (issuer is None or subject is None):
        raise click.UsageError("say who: by NUMBER, or by both --issuer and --subject")
    if not is_sure:
        click.confirm("This cannot be undone. Erase them?", abort=True)
    with open_session(open_settings()) as session:
        try:
            erased = _erase(session, person_id, issuer or "", subject or "")
        except PrivacyError as error:
            raise click.ClickException(str(error)) from error
        for one in erased:
            _show(session, one)


@people.command()
@click.argument("erasure_id", metavar="ERASURE", type=click.UUID)
def receipt(erasure_id: uuid.UUID) -> None:
    """Show how far an erasure has come at each LRS."""
    with open_session(open_settings()) as session:
        erased = session.get(Erasure, erasure_id)
        if erased is None:
            raise click.ClickException(f"there was no erasure {erasure_id}; kring people erasures lists them")
        _show(session, erased)


@people.command()
def erasures() -> None:
    """List every erasure: when, and never whose."""
    with open_session(open_settings()) as session:
        for one in erasure.list_erasures(session):
            click.echo(f"{one.id}  {one.erased_at:%Y-%m-%d %H:%M} UTC")


def _erase(session: Session, person_id: uuid.UUID | None, issuer: str, subject: str) -> Sequence[Erasure]:
    """Erase who is meant.

    Raises:
        PersonUnknownError: There is nobody.
    """
    if person_id is None:
        return erasure.erase_subject(session, issuer=issuer, subject=subject, holders=HOLDERS, now=utc_now())
    person = session.get(Person, person_id)
    if person is None:
        raise click.ClickException(f"there is nobody with the number {person_id}")
    return [erasure.erase_person(session, person, holders=HOLDERS, now=utc_now())]


def _show(session: Session, one: Erasure) -> None:
    click.echo(f"Erasure {one.id}, {one.erased_at:%Y-%m-%d %H:%M} UTC")
    rows = erasure.list_standings(session, one.id)
    for row in rows:
        told = row.receipt
        click.echo(f"{row.endpoint.name}")
        click.echo(
            f"  {told.delivered} had been delivered; {told.dropped} were on their way and are not sent,"
            f" of which {told.uncertain} may have arrived"
        )
        click.echo(f"  {row.voided} taken back, {row.waiting} to go, {row.dead} refused")
        if told.named:
            click.echo(f"  {told.named} of others name them: only this LRS's own means remove those")
    if not rows:
        click.echo("  No LRS was told anything about them.")
