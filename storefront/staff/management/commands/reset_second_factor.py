"""Remove a person's authenticator app and recovery codes: they set both up again at their next sign-in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django_otp import devices_for_user


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name that the person signs in with")

    @transaction.atomic
    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            person = User.objects.select_for_update(no_key=True).get(username=User.normalize_username(name))
        except User.DoesNotExist:
            raise CommandError(f"There is no account {name!r}. Give the name that the person signs in with.") from None
        for device in devices_for_user(person, confirmed=None):
            device.delete()
        self.stdout.write(f"{name} sets up an authenticator app again at the next sign-in.")
