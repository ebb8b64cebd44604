"""What viewers, importers and managers may, and what those are told who may not."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from storefront.staff.access import staff_view
from storefront.staff.roles import IMPORTERS, MANAGERS, VIEWERS, renew_roles
from tests.builders import open_shop, sell_named
from tests.staff.people import PASSWORD, a_person, signed_in

pytestmark = pytest.mark.django_db


def may(role: str, permission: str) -> bool:
    person, _ = User.objects.get_or_create(username=f"of {role}", defaults={"is_staff": True})
    person.groups.set(Group.objects.filter(name=role))
    return User.objects.get(pk=person.pk).has_perm(permission)


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("catalog.view_product", {VIEWERS, IMPORTERS, MANAGERS}),
        ("catalog_import.view_importrun", {VIEWERS, IMPORTERS, MANAGERS}),
        ("catalog.change_product", {IMPORTERS, MANAGERS}),
        ("catalog.change_stock", {IMPORTERS, MANAGERS}),
        ("catalog.add_page", {IMPORTERS, MANAGERS}),
        ("catalog.change_channel", {MANAGERS}),
        ("auth.change_user", {MANAGERS}),
        ("auth.change_group", set()),
        ("auth.delete_user", set()),
        ("catalog.delete_product", set()),
    ],
)
def test_a_role_may_what_it_is_for(permission: str, roles: set[str]) -> None:
    assert {role for role in (VIEWERS, IMPORTERS, MANAGERS) if may(role, permission)} == roles


def test_roles_are_given_their_permissions_again_and_keep_what_else_they_were_given() -> None:
    group = Group.objects.get(name=VIEWERS)
    before = set(group.permissions.values_list("codename", flat=True))
    further = Group.objects.get(name=MANAGERS).permissions.get(codename="change_user")
    group.permissions.set([further])

    renew_roles()
    renew_roles()

    assert set(group.permissions.values_list("codename", flat=True)) == before | {"change_user"}
    assert Group.objects.filter(name=VIEWERS).count() == 1


def test_who_may_not_is_told_what_is_missing_and_whom_to_ask() -> None:
    open_shop()
    product = sell_named("Ball")
    a_person("rosa", MANAGERS, first_name="Rosa", last_name="Gil")

    answer = signed_in(VIEWERS).post(f"/staff/review/products/{product.pk}/pin/", {"areas": "yes"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Can change product" in page
    assert "Rosa Gil can give it to you." in page


def test_a_form_that_was_sent_after_the_session_ended_leads_back_to_its_page() -> None:
    @staff_view("catalog.change_product")
    def never(request: HttpRequest) -> HttpResponse:
        raise AssertionError("Nobody signed in.")

    def posted(**headers: str) -> HttpRequest:
        request = RequestFactory().post("/staff/review/products/1/pin/", headers=headers)
        from django.contrib.auth.models import AnonymousUser

        request.user = AnonymousUser()
        return request

    page = "http://testserver/staff/review/weak/?q=ball"
    plain = never(posted(Referer=page))
    stranger = never(posted(Referer="https://evil.example/x"))
    htmx = never(posted(**{"HX-Request": "true", "HX-Current-URL": page}))

    assert plain["Location"] == "/staff/sign-in/?next=/staff/review/weak/%3Fq%3Dball"
    assert stranger["Location"] == "/staff/sign-in/?next=/staff/"
    assert (htmx.status_code, htmx["HX-Redirect"]) == (401, plain["Location"])


def test_staff_without_a_role_see_the_overview_and_nothing_of_the_shop() -> None:
    open_shop()
    client = signed_in()

    assert client.get("/staff/").status_code == 200
    assert client.get("/staff/review/weak/").status_code == 403
    assert client.get("/staff/shop/catalog/product/").status_code == 403


def test_a_manager_makes_staff_but_no_superusers() -> None:
    open_shop()
    boss = User.objects.create_superuser("boss", password="x")
    client = signed_in(MANAGERS)
    viewers = Group.objects.get(name=VIEWERS)
    form = {"username": "leo", "email": "leo@example.org", "usable_password": "true", "password1": "soft sand 27"}

    made = client.post(
        "/staff/shop/auth/user/add/",
        form | {"password2": "soft sand 27", "is_staff": "on", "groups": viewers.pk, "is_superuser": "on"},
    )
    leo = User.objects.get(username="leo")
    client.post(
        f"/staff/shop/auth/user/{leo.pk}/change/",
        {"username": "leo", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": viewers.pk}
        | {"date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"},
    )
    leo.refresh_from_db()
    changed = client.post(
        f"/staff/shop/auth/user/{boss.pk}/password/", {"password1": "mine now 1", "password2": "mine now 1"}
    )

    assert made.status_code == 302
    assert (leo.is_staff, leo.is_superuser, [group.name for group in leo.groups.all()]) == (True, False, [VIEWERS])
    assert changed.status_code == 403


def test_viewers_see_no_accounts() -> None:
    open_shop()

    assert signed_in(VIEWERS).get("/staff/shop/auth/user/").status_code == 403


def test_who_may_not_look_at_imports_has_no_link_to_them() -> None:
    link = 'href="/staff/imports/"'

    assert link in signed_in("Viewers").get("/staff/").content.decode()
    assert link not in signed_in(name="leo").get("/staff/").content.decode()
    assert link not in signed_in(name="tim").get("/staff/shop/").content.decode()


def test_a_manager_gives_only_what_they_have_themselves() -> None:
    keys = Group.objects.create(name="Key holders")
    keys.permissions.add(*Permission.objects.filter(content_type__app_label="auth"))
    holder = a_person("holder", "Key holders")
    client = signed_in("Managers", name="manager")
    manager = User.objects.get(username="manager")

    offered = client.get(f"/staff/shop/auth/user/{manager.pk}/change/").content.decode()
    client.post(
        f"/staff/shop/auth/user/{manager.pk}/change/",
        {"username": "manager", "is_staff": "on", "is_active": "on", "groups": [keys.pk]},
    )
    taken = client.post(f"/staff/shop/auth/user/{holder.pk}/password/", {"password1": "a" * 20, "password2": "a" * 20})

    assert "Importers" in offered
    assert "Key holders" not in offered
    assert not manager.groups.filter(pk=keys.pk).exists()
    assert taken.status_code == 403
    holder.refresh_from_db()
    assert holder.check_password(PASSWORD)


def test_an_inactive_account_of_somebody_who_may_do_more_stays_as_it_is() -> None:
    keys = Group.objects.create(name="Key holders")
    keys.permissions.add(*Permission.objects.filter(content_type__app_label="auth"))
    holder = a_person("holder", "Key holders", is_active=False)
    client = signed_in("Managers", name="manager")

    taken = client.post(f"/staff/shop/auth/user/{holder.pk}/password/", {"password1": "a" * 20, "password2": "a" * 20})
    client.post(f"/staff/shop/auth/user/{holder.pk}/change/", {"username": "holder", "is_active": "on"})

    holder.refresh_from_db()
    assert taken.status_code == 403
    assert not holder.is_active
    assert holder.check_password(PASSWORD)


def test_a_superuser_gives_every_role() -> None:
    keys = Group.objects.create(name="Key holders")
    keys.permissions.add(*Permission.objects.filter(content_type__app_label="auth"))
    client = signed_in(is_superuser=True)

    assert "Key holders" in client.get("/staff/shop/auth/user/add/").content.decode()
