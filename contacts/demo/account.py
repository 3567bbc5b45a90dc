"""The user of the sample data, and a password that a person can read off the screen."""

import os
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

USERNAME = "demo"
# Without the letters and digits that look like another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def find() -> User | None:
    return get_user_model().objects.filter(username=USERNAME).first()


def create(password: str = "") -> User:
    """The user, staff but not superuser; a password that is made here is kept for `known_password`."""
    user = get_user_model()(username=USERNAME, first_name="Camille", last_name="Delorme", is_staff=True)
    if not password:
        password = _readable_password()
        _keep(password)
    user.set_password(password)
    user.save()
    return user


def change_password(user: User, password: str) -> None:
    """Leaves it, and whoever is signed in with it, alone when it is this one already."""
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])


def known_password(user: User) -> str:
    """The password that was made here, as long as it still is the right one; else empty."""
    try:
        password = settings.DEMO_PASSWORD_FILE.read_text().strip()
    except FileNotFoundError:
        return ""
    return password if user.check_password(password) else ""


def remove(user: User) -> dict[str, int]:
    """Takes the user away with all that is theirs; says how many rows of each model went."""
    _total, rows = user.delete()
    settings.DEMO_PASSWORD_FILE.unlink(missing_ok=True)
    return rows


def _readable_password() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _letter in range(4)) for _group in range(3))


def _keep(password: str) -> None:
    settings.DEMO_PASSWORD_FILE.unlink(missing_ok=True)
    descriptor = os.open(settings.DEMO_PASSWORD_FILE, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password + "\n")
