"""What the templates of staff pages need."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.models import User
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_link(context: dict[str, Any], name: str, url_name: str, permission: str = "") -> str | SafeString:
    """A link of the main navigation, marked where the person is; nothing where there is no such page, or none for
    this person."""
    request = context["request"]
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return ""
    if permission and not request.user.has_perm(permission):
        return ""
    is_here = request.path == url or (url != reverse("staff:overview") and request.path.startswith(url))
    here = format_html(' aria-current="{}"', "page" if request.path == url else "true") if is_here else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', url, here, name)


@register.filter
def role_names(user: User) -> str:
    """What the person is here, in words."""
    if user.is_superuser:
        return "Superuser"
    return ", ".join(group.name for group in user.groups.order_by("name")) or "no role yet"
