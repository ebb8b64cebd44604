"""Staff accounts for tests, and browsers that are signed in with them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client

PASSWORD = "a long walk on soft sand"


def a_person(name: str = "mia", *roles: str, **columns: Any) -> User:
    """A staff account with these roles."""
    person = User.objects.create_user(name, password=PASSWORD, **({"is_staff": True} | columns))
    person.groups.set(Group.objects.filter(name__in=roles))
    return person


def signed_in(*roles: str, name: str = "mia", **columns: Any) -> Client:
    """A browser in which a new person with these roles has signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(a_person(name, *roles, **columns))
    return client
