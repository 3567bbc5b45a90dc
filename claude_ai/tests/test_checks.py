"""What the server says, or refuses, when it starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from claude_ai import checks

ROOT = Path(__file__).parents[2]


def ids():
    return {message.id for message in run_checks() if message.id.startswith("claude_ai")}


@pytest.mark.parametrize("backend", ["db.DatabaseCache", "filebased.FileBasedCache", "dummy.DummyCache"])
def test_a_cache_that_writes_keys_down_or_loses_them_is_refused(settings, backend):
    settings.CACHES = {**settings.CACHES, "secrets": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    with pytest.raises(ImproperlyConfigured, match=backend.split(".")[1]):
        checks.refuse_unsafe_cache()


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "redis.RedisCache"])
def test_a_cache_in_memory_is_fine(settings, backend):
    settings.CACHES = {"secrets": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    checks.refuse_unsafe_cache()


def test_a_missing_cache_is_refused(settings):
    settings.CACHES = {}
    with pytest.raises(ImproperlyConfigured, match="secrets"):
        checks.refuse_unsafe_cache()


def test_the_asgi_server_does_not_start_with_a_file_cache(tmp_path):
    started = subprocess.run(
        [sys.executable, "-c", "import crm.asgi"],
        cwd=ROOT,
        env=os.environ | {"CACHE_URL": f"filecache://{tmp_path}", "DJANGO_SETTINGS_MODULE": "crm.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode != 0
    assert "API keys may not be kept in FileBasedCache" in started.stderr


def test_several_processes_without_a_shared_cache_are_warned_about(monkeypatch, settings):
    settings.CLAUDE_BASE_URL = checks.ANTHROPIC
    assert ids() == set()
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    assert ids() == {"claude_ai.W001"}
    settings.CACHES = {"secrets": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    assert checks.check_shared_cache() == []


def test_another_server_than_anthropics_is_warned_about(settings):
    settings.CLAUDE_BASE_URL = "https://proxy.example.com"
    assert ids() == {"claude_ai.W002"}
    settings.CLAUDE_BASE_URL = "https://api.anthropic.com/"
    assert ids() == set()
