"""The server's own settings, with a look inside the process for the benchmark alone."""

from crm.settings import *  # noqa: F403

ASGI_APPLICATION = "bench.asgi.application"
