"""API keys: the only code that touches the cache `secrets`.

A key that a user stores lives as long as their session, encrypted, in the cache and nowhere
else. The cache knows the session by an HMAC, so that neither the cache nor the session table
alone gives anything away.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.core.cache import caches
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from claude_ai.error_pages import keep_values_out

_SHORTEST_TO_HINT_AT = 8


@dataclass(frozen=True)
class Key:
    """A key in use. It shows itself nowhere: read `value` only to send it."""

    value: str = field(repr=False)
    source: Literal["session", "environment", "pasted"]

    @property
    def hint(self) -> str:
        """The last four characters; nothing of a key so short that they would give it away."""
        return self.value[-4:] if len(self.value) >= _SHORTEST_TO_HINT_AT else ""

    @property
    def digest(self) -> str:
        """Tells keys apart without holding them."""
        return _hmac("key", self.value)


def store(request: HttpRequest, value: str) -> None:
    """Keeps the key for what is left of this session."""
    keep_values_out(request)
    if request.session.session_key is None:
        request.session.save()
    entry = _cipher(settings.SECRET_KEY).encrypt(f"{request.user.pk}:{value}".encode())
    caches["secrets"].set(_place(request), entry, timeout=request.session.get_expiry_age())


def forget(request: HttpRequest) -> None:
    if request.session.session_key is not None:
        caches["secrets"].delete(_place(request))


def key_in_force(request: HttpRequest) -> Key | None:
    """The session's key, else the server's, else none."""
    keep_values_out(request)
    if stored := _stored(request):
        return Key(stored, source="session")
    return key_of_environment()


def key_of_environment() -> Key | None:
    value = settings.CLAUDE_API_KEY.strip()
    return Key(value, source="environment") if value else None


def _stored(request: HttpRequest) -> str:
    """Empty for none, for one that another user left, and for one that no longer decrypts."""
    if request.session.session_key is None:
        return ""
    entry = caches["secrets"].get(_place(request))
    try:
        owner, _separator, value = _cipher(settings.SECRET_KEY).decrypt(entry or b"").decode().partition(":")
    except InvalidToken:
        return ""
    return value if owner == str(request.user.pk) else ""


def _place(request: HttpRequest) -> str:
    return _hmac("session", request.session.session_key or "")


def _hmac(purpose: str, value: str) -> str:
    return salted_hmac(f"claude_ai.keys.{purpose}", value, algorithm="sha256").hexdigest()


@lru_cache(maxsize=2)
def _cipher(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"claude_ai.keys").derive(secret.encode())
    return Fernet(urlsafe_b64encode(derived))


@receiver(user_logged_out)
def _forget_at_logout(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    if request is not None and hasattr(request, "session"):
        forget(request)
