"""The three roles of staff as groups: viewers look, importers change the catalogue, managers keep the accounts.

A role always has at least its permissions: they are given again after every migration. Other mixtures are groups of
the shop's own.
"""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q

VIEWERS = "Viewers"
IMPORTERS = "Importers"
MANAGERS = "Managers"

APPS = ("catalog", "catalog_import", "checkout", "auth")
EDITED = ("product", "productvariant", "variantprice", "stock", "category", "page", "searchsynonym", "searchpin")
SETTINGS = ("channel", "warehouse")
LOOKED_AT = Q(codename__startswith="view_", content_type__app_label__in=("catalog", "catalog_import"))
# Orders have addresses of people: who only works on the catalogue does not see them.
ORDERS = Q(codename__in=("view_order", "change_order"), content_type__app_label="checkout")
SELLING = Q(
    content_type__app_label="checkout",
    content_type__model__in=("deliverymethod", "taxrate", "shopidentity"),
)


def _writing(models: tuple[str, ...]) -> Q:
    return Q(
        content_type__app_label="catalog",
        codename__in=[f"{verb}_{model}" for verb in ("add", "change") for model in models],
    )


ROLES = {
    VIEWERS: LOOKED_AT,
    IMPORTERS: LOOKED_AT
    | _writing(EDITED)
    | Q(codename="delete_category", content_type__app_label="catalog")
    | Q(codename="apply_importrun", content_type__app_label="catalog_import"),
}
ROLES[MANAGERS] = (
    ROLES[IMPORTERS]
    | _writing(SETTINGS)
    | ORDERS
    | SELLING
    | Q(codename__in=("view_user", "add_user", "change_user", "view_group"), content_type__app_label="auth")
)


def renew_roles() -> None:
    """Make the groups and give them their permissions. What else a group has been given, it keeps."""
    for name, wanted in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*Permission.objects.filter(wanted))


def people_who_give_permissions() -> list[str]:
    """The names of those whom staff may ask: active managers, and where there is none, superusers."""
    staff = User.objects.filter(is_active=True, is_staff=True).order_by("username")
    found = staff.filter(groups__name=MANAGERS) or staff.filter(is_superuser=True)
    return [user.get_full_name() or user.get_username() for user in found]
