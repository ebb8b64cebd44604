"""`storefront`: run the embedded shop, or a management command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

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
    """Run the whole shop on this machine: PostgreSQL, Valkey, a worker and the web.

    Reads KNOTWISE_HOME (data folder, default .knotwise), HOST, PORT, DATABASE_URL and REDIS_URL.
    """
    from storefront.config.env import Env
    from storefront.embedded.home import EmbeddedError
    from storefront.embedded.run import run

    settings = Env(secret_key=os.environ.get("SECRET_KEY") or "made by the embedded run")
    folder = None if no_sample or not (sample / "products.csv").is_file() else sample.absolute()
    try:
        run(settings, is_fresh=fresh, sample=folder)
    except EmbeddedError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[bold red]Cannot run:[/] {error}", markup=True)
        raise typer.Exit(2) from error


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    epilog="Example: storefront manage migrate",
)
def manage(context: typer.Context) -> None:
    """Run a management command of Django, such as migrate, load_taxonomy or createsuperuser."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
    execute_from_command_line(["storefront manage", *context.args])


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
