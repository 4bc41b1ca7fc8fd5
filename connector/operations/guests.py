"""`kring guests`: what only the mail server of an organisation knows of people who were invited from outside."""

import click

from connector.db import utc_now
from connector.guests import bounces
from connector.operations.opening import open_session, open_settings


@click.group()
def guests() -> None:
    """Experts from outside, who were invited by mail."""


@guests.command()
@click.argument("address")
def bounced(address: str) -> None:
    """Say that mail to ADDRESS came back, perhaps days later.

    Those who lead the courses that wrote there are told, and questions that waited for the answer go on to others. The
    rule of a mailbox can call it for each report that it gets.
    """
    with open_session(open_settings()) as session:
        found = bounces.note_address(session, address, now=utc_now())
        if not found:
            raise click.ClickException(f"no invitation waits for an answer from {address}")
        for each in found:
            asked = f"“{each.thread.title}”" if each.thread else "all questions"
            click.echo(f"{each.activity.title}: {asked}")
