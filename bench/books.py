"""The databases that are measured: one user's book of a size, made once and kept in `.bench/`.

They are made again when what makes them changes: the models, the migrations, the sample data, or
the week, because what is planned and due depends on the day.
"""

import datetime as dt
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.report import ROOT
from crm.tests.services import POSTGRESQL_URL

KEPT = ROOT / ".bench"
USER = "bench"
# The contact with this many interactions, beside all others.
LONG_HISTORY = 3_000
_MADE_BY = (
    "contacts/synthetic.py",
    "contacts/triggers.py",
    "contacts/search_index.py",
    "contacts/migrations/*.py",
    "claude_ai/migrations/*.py",
    "bench/books.py",
    "bench/make_book.py",
)


@dataclass(frozen=True)
class Database:
    engine: str
    size: int
    url: str

    @property
    def where(self) -> str:
        return f"{self.engine}, {self.size:,}"

    @property
    def environment(self) -> dict[str, str]:
        """Of a process that works with it: no setting of the machine's decides what is measured."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "bench.floor.settings",
            "CLAUDE_API_KEY": "",
            "CACHE_URL": "locmemcache://",
            "PYTHONHASHSEED": "0",
        }


def sqlite(size: int) -> Database:
    KEPT.mkdir(mode=0o700, exist_ok=True)
    path = KEPT / f"{_name(size)}.sqlite3"
    database = Database("SQLite", size, f"sqlite:///{path}")
    if not path.exists():
        for old in KEPT.glob(f"book_{size}_*"):
            old.unlink()
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        _make(Database("SQLite", size, f"sqlite:///{unfinished}"))
        unfinished.rename(path)
    return database


def postgresql(size: int) -> Database:
    name = f"bench_{_name(size)}"
    database = Database("PostgreSQL", size, urlsplit(POSTGRESQL_URL)._replace(path=f"/{name}").geturl())
    with psycopg.connect(POSTGRESQL_URL, autocommit=True) as server:
        prefix = rf"bench\_book\_{size}\_%"
        known = {
            found for (found,) in server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [prefix])
        }
        if name not in known:
            for old in known | {f"{name}_new"}:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
            unfinished = sql.Identifier(f"{name}_new")
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(unfinished))
            _make(Database("PostgreSQL", size, f"{database.url}_new"))
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(unfinished, sql.Identifier(name)))
    return database


def _name(size: int) -> str:
    return f"book_{size}_{_fingerprint()}"


def _fingerprint() -> str:
    digest = hashlib.sha256(repr(dt.date.today().isocalendar()[:2]).encode())
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _sources() -> Iterator[Path]:
    for pattern in _MADE_BY:
        yield from sorted(ROOT.glob(pattern))


def _make(database: Database) -> None:
    print(f"Making a book of {database.size:,} contacts on {database.engine}.", file=sys.stderr)
    command = [sys.executable, "-W", "ignore", "-m", "bench.make_book", str(database.size)]
    subprocess.run(command, cwd=ROOT, env=database.environment, check=True)
