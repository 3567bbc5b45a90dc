"""What must hold, or be known, before this server handles API keys."""

import os
from typing import Any

from django.conf import settings
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

ANTHROPIC = "https://api.anthropic.com"


def refuse_unsafe_cache() -> None:
    """Raises `ImproperlyConfigured` where the cache would write keys down, or lose them at once.

    Not a system check, because a server that starts under ASGI runs none.
    """
    backend = _secrets_backend()
    if issubclass(backend, DatabaseCache | FileBasedCache | DummyCache):
        raise ImproperlyConfigured(
            f"API keys may not be kept in {backend.__name__}: they live in memory only. "
            "Leave CACHE_URL empty for one process, or name a Redis server for several."
        )


@register(Tags.caches)
def check_shared_cache(**kwargs: Any) -> list[CheckMessage]:
    """Each process has a memory of its own: a key that one holds is missing in the next."""
    if _processes() < 2 or not issubclass(_secrets_backend(), LocMemCache):
        return []
    return [
        Warning(
            f"WEB_CONCURRENCY asks for {_processes()} processes, and each has a cache of its own.",
            hint="Name a Redis server in CACHE_URL, or run one process.",
            id="claude_ai.W001",
        )
    ]


@register(Tags.security)
def check_base_url(**kwargs: Any) -> list[CheckMessage]:
    if settings.CLAUDE_BASE_URL.rstrip("/") == ANTHROPIC:
        return []
    return [
        Warning(
            f"What is asked of Claude, and the API keys, go to {settings.CLAUDE_BASE_URL}.",
            hint="Leave CLAUDE_BASE_URL empty unless you trust that server with them.",
            id="claude_ai.W002",
        )
    ]


def _secrets_backend() -> type:
    try:
        backend: type = import_string(settings.CACHES["secrets"]["BACKEND"])
    except KeyError:
        raise ImproperlyConfigured("CACHES needs an entry named “secrets” for API keys.") from None
    return backend


def _processes() -> int:
    value = os.environ.get("WEB_CONCURRENCY", "")
    return int(value) if value.isdigit() else 1
