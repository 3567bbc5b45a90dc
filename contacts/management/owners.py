"""Whose book a command is about."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management.base import CommandError

from contacts.demo import account

OWNER_HELP = "whose book; else the demo user's, else the only superuser's"


def owner_named(username: str) -> User:
    """The user of that name; without a name, the likely one. Raises `CommandError` when that is nobody."""
    if not username:
        return _likely_owner()
    try:
        return get_user_model().objects.get_by_natural_key(username)
    except User.DoesNotExist:
        raise CommandError(f"There is no user “{username}”.") from None


def _likely_owner() -> User:
    """The demo user, else the superuser where there is just one."""
    if demo := account.find():
        return demo
    superusers = User.objects.filter(is_superuser=True)[:2]
    if len(superusers) != 1:
        raise CommandError("Say whose book it is for: --user NAME.")
    return superusers[0]
