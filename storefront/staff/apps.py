from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StaffConfig(AppConfig):
    name = "storefront.staff"
    label = "staff"

    def ready(self) -> None:
        # The permissions that roles are made of are made after each app's migrations, by the app `auth`, which
        # stands before this one.
        post_migrate.connect(renew_roles_of, dispatch_uid="staff.roles")


def renew_roles_of(sender: AppConfig, **_: Any) -> None:
    from storefront.staff.roles import APPS, renew_roles

    if sender.label in APPS:
        renew_roles()
