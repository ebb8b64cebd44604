"""The editor of staff accounts: managers give roles, and only superusers make superusers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest

ONLY_FOR_SUPERUSERS = ("is_superuser", "user_permissions")


def given_by(person: Any) -> QuerySet[Group]:
    """Return the groups that a person may give: those whose permissions are all their own, too."""
    groups = Group.objects.order_by("name")
    if person.is_superuser:
        return groups
    return groups.exclude(permissions__in=Permission.objects.exclude(pk__in=permissions_of(person).values("pk")))


def has_all_of(person: Any, other: User) -> bool:
    """Return whether a person may do all that the other may, or could if their account were active again."""
    missing = permissions_of(other).exclude(pk__in=permissions_of(person).values("pk"))
    return not other.is_superuser and not missing.exists()


def permissions_of(person: Any) -> QuerySet[Permission]:
    """Return the permissions that a person was given. Django's own functions name none for an inactive account."""
    return Permission.objects.filter(Q(group__user=person) | Q(user=person))


class AccountEditor(UserAdmin):
    list_display = ("username", "first_name", "last_name", "email", "roles", "is_active")
    list_filter = ("is_active", "groups")
    filter_horizontal = ("user_permissions",)
    add_fieldsets = (
        (None, {"fields": ("username", "email", "usable_password", "password1", "password2", "is_staff", "groups")}),
    )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            return ModelMultipleChoiceField(
                given_by(request.user), label="Roles", required=False, widget=CheckboxSelectMultiple
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def roles(self, user: User) -> str:
        return "Superuser" if user.is_superuser else ", ".join(group.name for group in user.groups.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"is_staff": True}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.is_superuser else (*fixed, *ONLY_FOR_SUPERUSERS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever could change the account of somebody who may do more, be it the password, could do as much."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or request.user.is_superuser or has_all_of(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account that is no longer needed is made inactive: what it did keeps its name."""
        return False
