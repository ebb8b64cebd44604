"""What the worker does for staff.

Mail is sent by it: how long that takes tells nobody whether an account is there.
"""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import PasswordResetForm

from storefront.catalog.writer.searches import forget_old_searches


class StaffResetForm(PasswordResetForm):
    """Writes to staff only; other accounts of the shop have nothing to do here."""

    def get_users(self, email: str) -> Any:
        users = get_user_model().objects.filter(email__iexact=email, is_active=True, is_staff=True)
        return (user for user in users if user.has_usable_password())


@shared_task(name="staff.send_reset_link")
def send_reset_link(address: str, host: str, is_secure: bool) -> None:
    """Mail a link for a new password to the staff accounts of this address, if there are any."""
    form = StaffResetForm({"email": address})
    if form.is_valid():
        form.save(
            domain_override=host,
            use_https=is_secure,
            subject_template_name="staff/mail/reset_subject.txt",
            email_template_name="staff/mail/reset.txt",
        )


@shared_task(name="staff.tidy_searches")
def tidy_searches() -> None:
    """Forget what was searched longer ago than the shop keeps it, or hardly ever."""
    forget_old_searches()
