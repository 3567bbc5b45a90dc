"""The same server with the pluggable app taken out."""

from crm.settings import *  # noqa: F403

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "claude_ai"]  # noqa: F405
