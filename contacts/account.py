"""Leaving: an account goes with everything that is its user's."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY, user_logged_out
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from contacts import triggers


def why_not(user: User) -> str:
    """In the user's language, why the account must stay; empty where it may go."""
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    others = User.objects.exclude(pk=user.pk)
    if user.is_superuser and not administrators.exclude(pk=user.pk).exists() and others.exists():
        return _("You are the only administrator, and there are other accounts: make somebody else one first.")
    return ""


def delete(user: User) -> None:
    """Takes the user away with all that is theirs. Every session of theirs ends, with what is stored beside it."""
    with transaction.atomic():
        for session in _sessions_of(user):
            _end(session, user)
        user.delete()
        triggers.forget_deleted_words(connection)


def _sessions_of(user: User) -> list[str]:
    sessions = Session.objects.iterator()
    return [row.session_key for row in sessions if row.get_decoded().get(SESSION_KEY) == str(user.pk)]


def _end(session: str, user: User) -> None:
    """As signing out in that browser would: whoever keeps something for a session listens to that."""
    request = HttpRequest()
    request.user = user
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session)
    user_logged_out.send(sender=User, request=request, user=user)
    request.session.flush()
