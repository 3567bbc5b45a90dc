"""Which of the services that some tests need this machine has.

`python -m crm.tests.services NAME` exits 0 when it is there; else it says in one line what is left
out and why, and exits 1, or 2 with REQUIRE_ALL set.
"""

import os
import shutil
import sys

POSTGRESQL_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_CACHE_URL", "redis://127.0.0.1:6379/15")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing_chromium() -> str:
    return "" if CHROMIUM else "no Chromium on this machine"


def missing_postgresql() -> str:
    import psycopg

    try:
        psycopg.connect(POSTGRESQL_URL, connect_timeout=3).close()
    except psycopg.Error:
        return "no PostgreSQL answers (TEST_DATABASE_URL names another one)"
    return ""


def missing_redis() -> str:
    import redis

    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3).ping()
    except redis.RedisError:
        return "no Redis answers (TEST_CACHE_URL names another one)"
    return ""


def missing_processes() -> str:
    """Redis of the test's own too: others empty theirs meanwhile."""
    absent = [name for name in ("nginx", "redis-server") if not which(name)]
    return f"no {' and no '.join(absent)} on this machine" if absent else missing_chromium() or missing_postgresql()


def which(name: str) -> str | None:
    """Also where Debian keeps what only root is thought to run."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/opt/homebrew/bin")


CHECKS = {
    "chromium": ("the tests in a browser", missing_chromium),
    "postgresql": ("the tests on PostgreSQL", missing_postgresql),
    "redis": ("the tests with Redis", missing_redis),
    "processes": ("the test of several processes behind nginx", missing_processes),
}


def main(name: str) -> int:
    what, missing = CHECKS[name]
    if not (reason := missing()):
        return 0
    required = bool(os.environ.get("REQUIRE_ALL"))
    print(f"{'MISSING' if required else 'Left out'}: {what}: {reason}.", file=sys.stderr)  # noqa: T201
    return 2 if required else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
