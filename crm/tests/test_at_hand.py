"""The connection that a server holds lets SQLite close what hundreds of requests at once have opened."""

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper

from crm.at_hand import SPARE, Held

# A database of its own: the mark is for the guard of all databases.
pytestmark = pytest.mark.django_db


@pytest.fixture
def connect(tmp_path, settings):
    def connect():
        said = settings.DATABASES["default"] | {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "db.sqlite3"}
        options = {"init_command": "PRAGMA journal_mode=WAL"}
        return DatabaseWrapper(said | {"OPTIONS": options, "CONN_MAX_AGE": 0, "AUTOCOMMIT": True, "TIME_ZONE": None})

    return connect


@pytest.fixture
def held(connect):
    held = Held(connect())
    yield held
    held.close()


def crowd(connect):
    """Ten at once."""
    connections = [connect() for _ in range(10)]
    for connection in connections:
        connection.cursor().execute("SELECT 1 FROM sqlite_master").fetchone()
    for connection in connections:
        connection.close()


def test_after_a_crowd_no_descriptors_of_the_file_are_left(held, connect):
    crowd(connect)
    assert held.descriptors() > SPARE
    held.look()
    assert held.descriptors() == 1


def test_while_somebody_is_at_work_it_waits_for_the_next_time(held, connect):
    crowd(connect)
    at_work = connect()
    at_work.cursor().execute("SELECT 1 FROM sqlite_master").fetchone()
    held.look()
    at_work.close()
    held.look()
    assert held.descriptors() == 1


def test_the_log_stays_while_it_is_held(held, connect, tmp_path):
    held.look()
    writer = connect()
    writer.cursor().execute("CREATE TABLE something (id integer)")
    writer.close()
    assert (tmp_path / "db.sqlite3-wal").exists()
