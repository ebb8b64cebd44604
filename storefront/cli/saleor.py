"""`storefront saleor`: set a Saleor shop up, and say what it lacks."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from storefront.catalog.taxonomy import load_taxonomy
from storefront.config.env import Env, env
from storefront.saleor.client.errors import NotConnected, PermissionsMissing, SaleorError, SaleorRefused
from storefront.saleor.client.transport import Saleor
from storefront.saleor.provision.checks import findings
from storefront.saleor.provision.opening import open_shop, sign_in
from storefront.saleor.provision.setup import SetupRefused, setup_plan
from storefront.saleor.read.shop import load_shop
from storefront.saleor.schema.model import read_slugs
from storefront.terminal import echo

if TYPE_CHECKING:
    from storefront.saleor.follow.sweeps import SweepResult

MISSING = 3
UNREACHABLE = 4
# Whoever waits at a terminal is told soon.
PATIENCE_S = 10.0
# Of what differs, so much is told one by one.
SHOWN = 20

app = typer.Typer(
    help="Set up and sync the connected Saleor (SALEOR_API_URL; the installed app, or SALEOR_TOKEN).\n\n"
    "Exit codes: 0 done, 1 a bug, 2 wrong usage or settings, 3 something is missing, 4 Saleor or the database cannot "
    "be used.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(epilog="Example: storefront saleor setup --check")
def setup(
    is_only_checked: Annotated[
        bool, typer.Option("--check", help="Only report what is missing; exit with 3 if anything is.")
    ] = False,
    is_agreed: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before making anything.")] = False,
    has_collections: Annotated[
        bool, typer.Option("--collections", help="Make a collection for each body area, too.")
    ] = False,
) -> None:
    """Make what Knotwise needs in Saleor: two types, their attributes with values, and categories. Shows first what it
    will make, leaves everything else alone, and may be run again at any time."""
    settings = env()
    if not settings.saleor_url():
        refuse("SALEOR_API_URL is not set; there is no Saleor to set up.")
    with refusals(), open_saleor(settings) as saleor:
        shop = load_shop(saleor, read_slugs(settings.saleor_slugs))
        found = findings(saleor, shop)
        for one in found:
            echo(f"{'missing' if one.is_missing else 'found':>8}: {one.text}")
        steps = setup_plan(shop, load_taxonomy(settings.taxonomy_folder), has_collections=has_collections)
        for step in steps:
            echo(f"  to do: {step.text}")
        if is_only_checked:
            raise typer.Exit(MISSING if steps or any(one.is_missing for one in found) else 0)
        if not steps:
            echo(f"Nothing to make: Saleor {shop.version} has all that Knotwise needs.")
            return
        agree(len(steps), is_agreed=is_agreed)
        for step in steps:
            step.do(saleor, shop)
            echo(f"  done:  {step.text}")
        echo("Saleor is set up. Import into it with: catalog-import apply products.csv --guides guides")


@app.command("open-shop", epilog="Example: storefront saleor open-shop --countries US,CA --price 5")
def open_shop_command(
    countries: Annotated[
        str, typer.Option(help="Where to deliver, with commas. Else each channel's default country.")
    ] = "",
    price: Annotated[float, typer.Option(min=0, help="What a delivery costs, in the channel's currency.")] = 0,
) -> None:
    """Make what a fresh Saleor lacks before anybody can buy: a warehouse for each channel, a shipping zone, and a
    price for delivery. What is there is left alone. Signs in as a person of the staff (SALEOR_STAFF_EMAIL and
    SALEOR_STAFF_PASSWORD), since the app may not do it."""
    settings = env()
    if not (settings.saleor_url() and settings.saleor_staff_email and settings.saleor_staff_password):
        refuse("SALEOR_API_URL, SALEOR_STAFF_EMAIL and SALEOR_STAFF_PASSWORD have to be set.")
    with refusals():
        token = sign_in(settings.saleor_url(), settings.saleor_staff_email, settings.saleor_staff_password, PATIENCE_S)
        with Saleor(settings.saleor_url(), token, patience_s=PATIENCE_S) as saleor:
            done = 0
            for text in open_shop(saleor, [one.strip().upper() for one in countries.split(",") if one.strip()], price):
                echo(f"  done:  {text}")
                done += 1
    if not done:
        echo("Nothing to create: every channel has a warehouse, a shipping zone and a price for delivery.")


@app.command(epilog="Example: storefront saleor sync --check")
def sync(
    is_only_checked: Annotated[
        bool,
        typer.Option("--check", help="Only report differences and change nothing; exit with 3 if there are any."),
    ] = False,
    is_cheap: Annotated[
        bool, typer.Option("--changed", help="Fully read only what may have changed since the last sync.")
    ] = False,
    allow_mass_removal: Annotated[
        bool, typer.Option("--yes", "-y", help="Remove products even if most of them are gone from Saleor.")
    ] = False,
) -> None:
    """Bring the shop's store in step with Saleor. Reads all of Saleor; may be run again, and alongside anything else,
    at any time."""
    if is_cheap and is_only_checked:
        refuse("Give --check or --changed: a check reads everything.")
    settings = env()
    if not settings.saleor_url():
        refuse("SALEOR_API_URL is not set; there is no Saleor to sync with.")
    if settings.database_url is None:
        refuse("DATABASE_URL is not set, and no embedded shop is here; there is no store to bring in step.")
    start_django()
    from django.utils import timezone

    from storefront.saleor.follow import routines, sweeps

    started = time.monotonic()
    with refusals(), database_refusals(), open_saleor(settings) as saleor:
        saleor.connections = settings.saleor_connections
        slugs = read_slugs(settings.saleor_slugs)
        if is_only_checked:
            swept = sweeps.check_all(saleor, slugs)
        else:
            swept = (sweeps.sweep_changed if is_cheap else sweeps.sweep_all)(
                saleor, slugs, allow_mass_removal=allow_mass_removal
            )
            # The schedule's own sweeps need not do the same again; after one that failed they must.
            for name, pause in (
                (sweeps.CHANGED, timedelta(minutes=settings.saleor_sync_minutes)),
                (sweeps.ALL, timedelta(hours=settings.saleor_full_sync_hours)),
            ):
                if not swept.failed and (name == sweeps.CHANGED or not is_cheap):
                    routines.postpone(name, timezone.now() + pause)
    for line in sweep_report_lines(swept, is_only_checked=is_only_checked):
        echo(line)
    echo(f"{swept.products} products looked at in {time.monotonic() - started:.1f} s.")
    if swept.failed or (is_only_checked and not swept.is_same):
        raise typer.Exit(MISSING)


def sweep_report_lines(swept: SweepResult, *, is_only_checked: bool) -> Iterator[str]:
    """What a sweep found, in lines for people; of many products the first."""
    if swept.is_same:
        yield "The store matches Saleor."
        return
    verb = "differs" if is_only_checked else "taken over"
    for kind in swept.kinds:
        yield f"{verb}: {kind.label}"
    for what, found in (
        (verb, swept.differing),
        ("no longer in Saleor" if is_only_checked else "removed", swept.gone),
    ):
        for one in found[:SHOWN]:
            yield f"{what}: {one.name} ({', '.join(one.fields) or one.id})"
        if len(found) > SHOWN:
            yield f"{what}: {len(found) - SHOWN} more"
    for id in swept.failed[:SHOWN]:
        yield f"could not be read, will be retried: {id}"


def agree(count: int, *, is_agreed: bool) -> None:
    if is_agreed:
        return
    if not sys.stdin.isatty():
        refuse("Nothing was made. Give --yes to go on without being asked.")
    if not typer.confirm(f"Do these {count} things?"):
        refuse("Nothing was made.")


@app.command(epilog="Example: SECRET_KEY=new SECRET_KEY_FALLBACKS=old storefront saleor rotate")
def rotate() -> None:
    """Encrypt the installed app's token with the current SECRET_KEY; the former one may go from SECRET_KEY_FALLBACKS
    then."""
    if env().database_url is None:
        refuse("DATABASE_URL is not set, and no embedded shop is here; there is no token to encrypt.")
    start_django()
    from storefront.saleor.client import installation

    with refusals(), database_refusals():
        is_there = installation.rotate()
    echo("The app's token is encrypted with the current SECRET_KEY." if is_there else "No app is installed.")


def open_saleor(settings: Env) -> Saleor:
    return Saleor(settings.saleor_url(), token_of(settings), patience_s=PATIENCE_S)


def token_of(settings: Env) -> str:
    """The installed app's token, else SALEOR_TOKEN. Raises `NotConnected` where there is neither."""
    token = installed_token_of(settings) or settings.saleor_token
    if not token:
        raise NotConnected(settings.internal_url or settings.public_url)
    return token


def installed_token_of(settings: Env) -> str:
    """What the database has; without one Saleor can be set up all the same, with SALEOR_TOKEN."""
    if settings.database_url is None:
        return ""
    start_django()
    from django.db import DatabaseError

    from storefront.saleor.client.installation import installed_token

    try:
        return installed_token()
    except DatabaseError as error:
        if settings.saleor_token:
            return ""
        raise SaleorRefused(f"The database cannot be asked for the app's token: {error}".strip()) from error


def start_django() -> None:
    """For what needs the database; setting Saleor up needs none where SALEOR_TOKEN is given."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
    django.setup()


@contextmanager
def refusals() -> Iterator[None]:
    """What is wrong with Saleor, in a line, and the exit code for it."""
    try:
        yield
    except PermissionsMissing as error:
        for code, what in error.missing.items():
            echo(f"{'missing':>8}: permission {code} ({what})")
        say("Nothing can be read or created without them. Give them to the app in the dashboard, under Extensions.")
        raise typer.Exit(MISSING) from error
    except SetupRefused as error:
        say(f"Nothing was made.\n{error}")
        raise typer.Exit(MISSING) from error
    except SaleorError as error:
        say(str(error))
        raise typer.Exit(UNREACHABLE) from error


@contextmanager
def database_refusals() -> Iterator[None]:
    """A database that is away, or that nobody migrated, is told in a line like a Saleor that is away."""
    from django.db import InterfaceError, OperationalError, ProgrammingError

    try:
        yield
    except (InterfaceError, OperationalError) as error:
        say(f"The database (DATABASE_URL) cannot be used: {error}".strip())
        raise typer.Exit(UNREACHABLE) from error
    except ProgrammingError as error:
        say(f"The database is missing tables or columns. Run `storefront manage migrate`. {error}".strip())
        raise typer.Exit(UNREACHABLE) from error


def say(message: str) -> None:
    echo(message, err=True)


def refuse(message: str) -> NoReturn:
    """Say what is wrong with how the command was called, and end with 2."""
    say(message)
    raise typer.Exit(2)
