"""The server's own settings, with the floor's addresses beside its own."""

from pathlib import Path

from crm.settings import *  # noqa: F403
from crm.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "bench.floor.urls"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [BASE_DIR / "templates", Path(__file__).parent / "templates"]}, *TEMPLATES[1:]]
STATIC_ROOT = BASE_DIR / ".bench" / "static"
LOGGING = {"version": 1, "disable_existing_loggers": True, "root": {"level": "CRITICAL"}}
