"""What is done with thousands of contacts at once: making, importing, comparing and taking them along.

Commands are timed as they are run, with the start of their process; files that leave are read from
a server of their own as a browser reads them. A quick run imports a tenth of the cards, on SQLite, and no more.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench import books, bulk_cards
from bench.books import Database
from bench.report import ROOT, Row
from bench.serving import Serving, serving
from crm.tests.services import POSTGRESQL_URL, missing_postgresql

if TYPE_CHECKING:
    from bench.__main__ import Run

# Seconds for so many contacts.
IMPORT, POPULATE, DUPLICATES = (30.0, 10_000), (120.0, 100_000), (60.0, 100_000)
# Between the first tenth of the file and its end: what a batch of 500 needs comes and goes within it, SQLite fills
# the 16 MB that it may keep of its pages (`crm.settings`), and the list of all ids is 0.8 MB; a file that were put
# together in memory would be 60 MB and more.
GROWTH_MEGABYTES = 40.0
# Writing people, to comparing them with those who are there: more says that they are no longer written many at a time.
NEW_TO_SAME = 2.0
_FORMATS = {"vCard 4": "vcard4", "CSV": "csv"}
_ARCHIVE = "/account/export/"


CARDS, QUICK_CARDS = 10_000, 1_000
# Contacts that are made, compared and taken along; and that are read back, which takes longest.
BOOK, READ_BACK = 100_000, 10_000


def rows(run: "Run") -> Iterator[Row]:
    if run.is_quick:
        run.leave_out("work in bulk but for an import: it takes minutes.")
        yield from _import(run, "SQLite", QUICK_CARDS)
        return
    for engine, made in _engines(run).items():
        yield _populate(run, engine, BOOK)
        yield from _import(run, engine, CARDS)
        database = made(BOOK)
        yield _duplicates(run, database)
        yield from _take_along(database)
        yield _read_back(made(READ_BACK))


def _engines(run: "Run") -> dict[str, Callable[[int], Database]]:
    engines: dict[str, Callable[[int], Database]] = {"SQLite": books.sqlite}
    if reason := missing_postgresql():
        run.leave_out(f"work in bulk on PostgreSQL: {reason}.")
        return engines
    return engines | {"PostgreSQL": books.postgresql}


def _goal(run: "Run", of: tuple[float, int], size: int) -> float | None:
    seconds, contacts = of
    return run.clock(seconds * size / contacts)


# --- Coming in ----------------------------------------------------------------------------------


def _populate(run: "Run", engine: str, contacts: int) -> Row:
    with _empty_book(engine, contacts) as database:
        seconds, _said = _command(database, "populate", "--contacts", str(contacts), "--user", books.USER)
    return _row("populate", database, seconds, "s", goal=_goal(run, POPULATE, contacts))


def _import(run: "Run", engine: str, cards: int) -> Iterator[Row]:
    """The second time nothing is new, and all has to be compared."""
    goal = _goal(run, IMPORT, cards)
    with _empty_book(engine, cards) as database, TemporaryDirectory() as folder:
        path = Path(folder) / "phone.vcf"
        bulk_cards.write(path, cards=cards)
        took = []
        for what, made in (("import of new people", cards), ("import of the same again", 0)):
            seconds, said = _command(database, "import_contacts", str(path), "--user", books.USER)
            if f"Made {made:,}, updated 0." not in said:
                raise SystemExit(f"The {what} did something else: {said}")
            took.append(seconds)
            yield _row(what, database, seconds, "s", goal=goal)
    yield _row("import of new people, to the same again", database, took[0] / took[1], "×", goal=NEW_TO_SAME)


def _duplicates(run: "Run", database: Database) -> Row:
    seconds = _step(database, "duplicates")["seconds"]
    return _row("duplicates", database, seconds, "s", goal=_goal(run, DUPLICATES, database.size))


# --- Going out ----------------------------------------------------------------------------------


def _take_along(database: Database) -> Iterator[Row]:
    session = _step(database, "sign-in")["session"]
    with TemporaryDirectory(dir=books.KEPT) as folder:
        path = Path(folder) / "taken"
        with serving(database.url, DEMO="0") as here:
            for name, key in _FORMATS.items():
                address = f"/contacts/export/?format={key}&who=all&archived=on"
                yield from _left(f"export, {name}", database, _download(here, session, address, path))
            yield from _left("archive of everything", database, _download(here, session, _ARCHIVE, path))


def _read_back(database: Database) -> Row:
    session = _step(database, "sign-in")["session"]
    with TemporaryDirectory(dir=books.KEPT) as folder:
        archive = Path(folder) / "taken"
        with serving(database.url, DEMO="0") as here:
            _download(here, session, _ARCHIVE, archive)
        with _empty_book(database.engine, database.size) as restored:
            seconds, _said = _command(restored, "restore_archive", str(archive), "--user", books.USER)
    return _row("archive read back", restored, seconds, "s")


def _left(what: str, database: Database, download: "Download") -> Iterator[Row]:
    yield _row(what, database, download.seconds, "s")
    yield _row(f"{what}: memory that grows", database, download.growth, "MB", goal=GROWTH_MEGABYTES)


@dataclass(frozen=True)
class Download:
    seconds: float
    # Of the server's memory, from the first tenth of the file to its end, in megabytes.
    growth: float


def _download(here: Serving, session: str, address: str, path: Path) -> Download:
    request = urllib.request.Request(here.address + address, headers={"Cookie": f"sessionid={session}"})
    began, came = time.monotonic(), 0
    held: list[tuple[int, float]] = []
    with urllib.request.urlopen(request, timeout=600) as answer, path.open("wb") as file:
        while piece := answer.read1(2**18):
            file.write(piece)
            came += len(piece)
            held.append((came, here.megabytes))
    seconds = time.monotonic() - began
    if "attachment" not in answer.headers.get("Content-Disposition", ""):
        raise SystemExit(f"{address} is no file: {answer.status}")
    first = max(megabytes for at, megabytes in held if at <= max(came / 10, held[0][0]))
    return Download(seconds, max(megabytes for _at, megabytes in held) - first)


# --- The databases and the processes ------------------------------------------------------------


@contextmanager
def _empty_book(engine: str, size: int) -> Iterator[Database]:
    """A fresh database with the tables and one user, for as long as it is needed."""
    make = {"SQLite": _fresh_file, "PostgreSQL": _fresh_database}[engine]
    with make() as url:
        database = Database(engine, size, url)
        _step(database, "prepare")
        yield database


@contextmanager
def _fresh_file() -> Iterator[str]:
    with TemporaryDirectory(dir=books.KEPT) as folder:
        yield f"sqlite:///{folder}/book.sqlite3"


@contextmanager
def _fresh_database() -> Iterator[str]:
    name = f"bench_bulk_{os.getpid()}"
    with psycopg.connect(POSTGRESQL_URL, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        try:
            yield urlsplit(POSTGRESQL_URL)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _step(database: Database, name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_run(database, ["-m", "bench.bulk_worker", name]))
    return said


def _command(database: Database, *arguments: str) -> tuple[float, str]:
    """Seconds that a command of the product's took, with the start of its process, and what it said."""
    began = time.monotonic()
    said = _run(database, ["manage.py", *arguments])
    return time.monotonic() - began, said


def _run(database: Database, arguments: list[str]) -> str:
    command = [sys.executable, "-W", "ignore", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=database.environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _row(what: str, database: Database, measured: float, unit: str, *, goal: float | None = None) -> Row:
    return Row(part="bulk", what=what, where=database.where, measured=measured, unit=unit, goal=goal)
