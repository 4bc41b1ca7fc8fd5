"""`kring outbox` and `kring xapi`: watch deliveries, mend them, and prove them."""

import json
import uuid
from datetime import datetime, timedelta

import click
from sqlalchemy.orm import Session

from connector.db import utc_now
from connector.delivery import mending, reconcile, watching
from connector.delivery.models import Delivery, Endpoint, Reconciliation
from connector.delivery.watching import Condition, Standing
from connector.operations.opening import open_database, open_session, open_settings

_ID = click.UUID


@click.group()
def outbox() -> None:
    """What waits for the LRSs, what was sent, and what was given up."""


@outbox.command()
def status() -> None:
    """Show how delivery to each LRS goes."""
    with open_session(open_settings()) as session:
        rows = watching.standings(session, now=utc_now())
        for row in rows:
            _show_standing(row)
    if not rows:
        click.echo("Statements go nowhere yet; add an LRS with: kring lrs add", err=True)


@outbox.command()
@click.option("--lrs", "words", metavar="NAME", help="The LRS, by its name or the beginning of its id.")
@click.option("--statement", "statement_id", type=_ID, help="Only this statement, by its id.")
def retry(words: str | None, statement_id: uuid.UUID | None) -> None:
    """Send again what was given up. An LRS that is paused or failing is tried at once."""
    if words is None and statement_id is None:
        raise click.UsageError("say which: --lrs NAME, --statement ID, or both")
    with open_session(open_settings()) as session:
        endpoint = None if words is None else endpoint_called(session, words)
        count = mending.revive(session, endpoint=endpoint, statement_id=statement_id, now=utc_now())
        if endpoint is not None:
            mending.wake(session, endpoint, now=utc_now())
            click.echo(f"{endpoint.name} is tried at once.")
    click.echo(f"{count} that had been given up {'waits' if count == 1 else 'wait'} again.")


@outbox.command()
@click.argument("statement_id", type=_ID)
def show(statement_id: uuid.UUID) -> None:
    """Show a statement, where it went, and what was answered last."""
    with open_session(open_settings()) as session:
        messages = watching.find_messages(session, statement_id)
        if not messages:
            raise click.ClickException(f"there is no such statement here: {statement_id}")
        for way in watching.find_deliveries(session, statement_id):
            _show_delivery(way)
        for message in messages:
            click.echo(f"\n{message.rendering}, written {_time(message.created_at)}")
            click.echo(json.dumps(json.loads(message.body), indent=2, ensure_ascii=False))


@click.group()
def xapi() -> None:
    """What the LRSs hold."""


@xapi.command("reconcile")
@click.option("--lrs", "words", metavar="NAME", help="Only this LRS, by its name or the beginning of its id.")
@click.option("--days", type=click.IntRange(1, 3660), help="Compare so many days, until an hour ago.")
def reconcile_command(words: str | None, days: int | None) -> None:
    """Compare what each LRS accepted with what it holds.

    What it lost is sent again. Without --days: everything since the last comparison, and a day at the least.
    """
    settings = open_settings()
    with open_database(settings) as database:
        with database.session(writes=False) as session:
            rows = [endpoint_called(session, words)] if words else [row.endpoint for row in _standings(session)]
        until = utc_now() - reconcile.LATENESS
        window = reconcile.Window(until - timedelta(days=days), until) if days else None
        results = [(row, reconcile.reconcile(database, settings, row, window)) for row in rows if row.is_active]
    for row, result in results:
        _show_reconciliation(row, result)
    if any(result.error or result.missing or result.doubled for _, result in results):
        raise SystemExit(1)


def endpoint_called(session: Session, words: str) -> Endpoint:
    """Return the LRS that the operator means, or end the command."""
    try:
        return mending.get_endpoint(session, words)
    except mending.UnknownEndpointError as error:
        raise click.ClickException(str(error)) from error


def condition(endpoint: Endpoint) -> str:
    """Return in words how delivery to an LRS goes."""
    match watching.condition(endpoint):
        case Condition.OFF:
            return "switched off"
        case Condition.PAUSED:
            return f"paused: {endpoint.paused_reason}"
        case Condition.FAILING:
            return f"failed {endpoint.failures} times in a row: {endpoint.last_error}"
        case _:
            return f"well since {_time(endpoint.succeeded_at)}" if endpoint.succeeded_at else "nothing sent yet"


def _standings(session: Session) -> list[Standing]:
    return watching.standings(session, now=utc_now())


def _show_standing(row: Standing) -> None:
    endpoint = row.endpoint
    click.echo(f"{endpoint.name}  {endpoint.url}")
    click.echo(f"  {condition(endpoint)}")
    if row.condition in {Condition.PAUSED, Condition.FAILING}:
        click.echo(f"  tried again at {_time(endpoint.due_at)}")
    oldest = f", the oldest for {_span(row.oldest)}" if row.oldest else ""
    click.echo(f"  {row.waiting} waiting{oldest}; {endpoint.accepted} sent; {row.dead} given up")


def _show_delivery(way: Delivery) -> None:
    state = f"{way.state} since {_time(way.done_at)}" if way.done_at else f"{way.state}, due {_time(way.due_at)}"
    click.echo(f"{way.endpoint.name}  {state}, {way.attempts} attempts")
    if way.last_error:
        click.echo(f"  {way.last_status or 'no answer'}: {way.last_error}")


def _show_reconciliation(endpoint: Endpoint, result: Reconciliation) -> None:
    click.echo(f"{endpoint.name}  {_time(result.since)} to {_time(result.until)}")
    click.echo(
        f"  {result.expected} accepted: {result.held} held, {result.voided} voided, {result.missing} missing and sent"
        f" again, {result.unknown} unknown; {result.doubled} doubled, {result.foreign} of our kind that we never sent"
    )
    if result.error:
        click.echo(f"  ended early: {result.error}")
    for kind, ids in result.examples.items():
        for id_ in ids[:5]:
            click.echo(f"  {kind}: {id_}")


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _span(span: timedelta) -> str:
    return str(timedelta(seconds=round(span.total_seconds())))
