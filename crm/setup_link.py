"""The one-time link that makes the first account on a server without sample data."""

from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse

_SALT = "crm.setup"
_MAX_AGE_SECONDS = 24 * 3600


def path() -> str:
    return reverse("setup", args=[signing.dumps("first account", salt=_SALT)])


def is_valid(token: str) -> bool:
    """Whether this server made the link within a day, and nobody has an account yet."""
    try:
        signing.loads(token, salt=_SALT, max_age=_MAX_AGE_SECONDS)
    except signing.BadSignature:
        return False
    return not get_user_model().objects.exists()
