"""`kring platform`, `kring keys` and `kring admin`: the LMSs, the keys, and who may look after them."""

from datetime import timedelta

import click

from connector.db import utc_now
from connector.operations.opening import open_session, open_settings
from connector.platforms import admins, invites, keys, services


@click.group()
def platform() -> None:
    """The LMSs that may launch Kring."""


@platform.command("add")
@click.option("--name", required=True, help="What people call it.")
@click.option("--issuer", required=True, help="Moodle: Platform ID. Canvas: https://canvas.instructure.com")
@click.option("--client-id", required=True, help="What the LMS calls this tool.")
@click.option("--authorization-url", required=True, help="Moodle: Authentication request URL.")
@click.option("--token-url", required=True, help="Moodle: Access token URL.")
@click.option("--jwks-url", required=True, help="Moodle: Public keyset URL.")
@click.option("--product", default="generic", show_default=True, help="moodle, canvas, brightspace, …")
def platform_add(**values: str) -> None:
    """Register an LMS, with the values that it shows."""
    settings = open_settings()
    with open_session(settings) as session:
        tenant = services.ensure_tenant(session, settings, now=utc_now())
        try:
            added = services.add_platform(session, tenant, now=utc_now(), **values)
        except services.RegistrationError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{added.id}  {added.name}")
    click.echo("Give the LMS these addresses:")
    click.echo(f"  Tool URL, redirection URI   {settings.public_url}/lti/launch")
    click.echo(f"  Initiate login URL          {settings.public_url}/lti/login")
    click.echo(f"  Public keyset URL           {settings.public_url}/lti/jwks")


@platform.command("list")
def platform_list() -> None:
    """List the registrations."""
    with open_session(open_settings()) as session:
        rows = services.list_platforms(session)
        for row in rows:
            click.echo(f"{row.id}  {row.status:8}  {row.name}  {row.issuer}  {row.client_id}")
    if not rows:
        click.echo("No LMS is registered yet; register one with: kring platform add", err=True)


@platform.command("invite")
@click.option("--note", default="", help="For whom it is.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 365), help="How long it is good.")
def platform_invite(note: str, days: int) -> None:
    """Make a link with which the administrator of one LMS registers Kring."""
    settings = open_settings()
    with open_session(settings) as session:
        tenant = services.ensure_tenant(session, settings, now=utc_now())
        token = invites.create_invite(session, tenant, note=note, life=timedelta(days=days), now=utc_now())
    click.echo(f"{settings.public_url}/lti/register/{token}")


@click.group()
def admin() -> None:
    """Who may see the administrators' pages."""


@admin.command("link")
def admin_link() -> None:
    """Make a link to the administrators' pages. It signs a browser in once, within a quarter of an hour."""
    settings = open_settings()
    with open_session(settings) as session:
        path = admins.create_admin_link(session, now=utc_now())
    click.echo(f"{settings.public_url}{path}")


@click.group("keys")
def keys_group() -> None:
    """The keys that the tool signs with."""


@keys_group.command()
def rotate() -> None:
    """Add a signing key. The old one goes on until LMSs have had time to read the new one."""
    settings = open_settings()
    with open_session(settings) as session:
        keys.tool_keys(session, settings.secret_key)  # keys of two secrets could not be read by either
        click.echo(keys.rotate(session, settings.secret_key, now=utc_now()))
