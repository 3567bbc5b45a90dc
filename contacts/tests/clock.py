"""Lets the database's clock travel with the test.

The triggers of `contacts.triggers` ask the database what time it is. Here they ask Python instead,
which `time_machine` moves: else each day that passes would make another planned meeting of a test
a past one. They themselves stay as they are, and so does everything else that SQL can ask.
"""

import datetime as dt

from django.db import connection
from django.db.backends.signals import connection_created

# Found before the built-in one, since `_follow` lets the test's own schema be searched first.
_POSTGRESQL_CLOCK = """
    CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$
        SELECT current_setting('tests.now')::timestamptz
    $$
"""


def install():
    """For every connection from now on; to be called where test databases are still to be made."""
    connection_created.connect(_follow)


def prepare_database():
    """Once in each test database."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRESQL_CLOCK)


def _now():
    return dt.datetime.now(dt.UTC)


def _follow(*, connection, **_kwargs):
    if connection.vendor == "sqlite":
        # Of two arguments: `strftime` with a modifier, which computes with other moments, stays SQLite's.
        connection.connection.create_function("strftime", 2, _strftime)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET search_path = public, pg_catalog")
        if _tell_the_time not in connection.execute_wrappers:
            connection.execute_wrappers.append(_tell_the_time)


def _strftime(form, moment):
    """SQLite's, for the one moment that the triggers ask it for."""
    if moment != "now":
        raise NotImplementedError(f"strftime({form!r}, {moment!r})")
    now = _now()
    return now.strftime(form.replace("%f", f"%S.{now.microsecond // 1000:03}"))


def _tell_the_time(execute, sql, params, many, context):
    """Before whatever may fire a trigger."""
    if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
        now = _now().isoformat()
        context["connection"].connection.execute("SELECT set_config('tests.now', %s, false)", [now])
    return execute(sql, params, many, context)
