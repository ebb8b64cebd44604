"""What a start of the embedded run does to its database: migrate, load the taxonomy, make the staff sign-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from storefront.checkout.local.defaults import make_defaults
from storefront.config.env import env

USERNAME = "staff"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        call_command("load_taxonomy", verbosity=0)
        if not settings.SALEOR_API_URL:
            make_defaults()
        make_staff_account(env().embedded_staff_password)


def make_staff_account(password: str) -> None:
    """Make the sign-in once; an account that is there, with whatever password, is left alone."""
    users = get_user_model().objects
    if password and not users.filter(username=USERNAME).exists():
        users.create_superuser(username=USERNAME, password=password)
