"""What the database keeps true by itself, however a row is written.

- A contact's `last_interaction_at`, `next_interaction_at`, `effective_cadence_days` and
  `contact_due_at`.
- The `occurred_at` of who was there: that of the interaction.
- The `owner` of what is about a contact.
- The full-text indexes that `contacts.search` asks, and whose words are to be read again for the
  one of contacts (`contacts.search_index`).

They are (re)made after every `migrate` and dropped before one that changes something, because
SQLite rebuilds a table to alter it and loses its triggers with the old one.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from contacts import naming

# --- Columns of a contact ---------------------------------------------------------------------

# By the moment that a link has, and not the interaction: one is read off an index, not all to find it.
_COUNTED = """
    SELECT link.occurred_at
    FROM contacts_interaction_contacts link JOIN contacts_interaction i ON i.id = link.interaction_id
    WHERE link.contact_id = contacts_contact.id AND i.counts_as_contact AND link.occurred_at
"""
_LAST = f"({_COUNTED} <= {{now}} ORDER BY link.occurred_at DESC LIMIT 1)"
_NEXT = f"({_COUNTED} > {{now}} ORDER BY link.occurred_at LIMIT 1)"
_CADENCE = """COALESCE(cadence_days, (
    SELECT MIN(tag.cadence_days)
    FROM contacts_contact_tags link JOIN contacts_tag tag ON tag.id = link.tag_id
    WHERE link.contact_id = contacts_contact.id
))"""
_REFRESH_TIMES = f"""
    UPDATE contacts_contact SET last_interaction_at = {_LAST}, next_interaction_at = {_NEXT} WHERE id {{which}}
"""
# Most contacts have no cadence, and whatever is written is written into each index.
_REFRESH_CADENCE = f"""
    UPDATE contacts_contact SET effective_cadence_days = {_CADENCE}
    WHERE id {{which}} AND effective_cadence_days {{differs}} {_CADENCE}
"""
_REFRESH_DUE = """
    UPDATE contacts_contact SET contact_due_at = {due} WHERE id {which} AND contact_due_at {differs} {due}
"""
_REFRESH_ALL = f"""
    UPDATE contacts_contact SET last_interaction_at = {_LAST}, next_interaction_at = {_NEXT},
        effective_cadence_days = {_CADENCE}, contact_due_at = {{due}}
    WHERE owner_id = {{owner}}
"""
_REFRESH_OWNER = """
    UPDATE {table} SET owner_id = (SELECT owner_id FROM contacts_contact person WHERE person.id = {table}.contact_id)
    WHERE {which}
"""
_LINKS = "contacts_interaction_contacts"
_MOMENT = "SELECT talk.occurred_at FROM contacts_interaction talk WHERE talk.id = {interaction}"
_ABOUT_A_CONTACT = ("contacts_followup", "contacts_importantdate", "contacts_dismissal")
_READ_AFTERWARDS = (
    "contacts_contact",
    "contacts_interaction",
    _LINKS,
    "contacts_contact_tags",
    "contacts_contactmethod",
)
# When the cadence runs out, from the last contact or else from the entry; NULL without a cadence.
_DUE_SINCE = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', COALESCE({last}, created_at), '+' || {cadence} || ' days')",
    "postgresql": "COALESCE({last}, created_at) + {cadence} * interval '1 day'",
}
_DUE = {
    vendor: due.format(last="last_interaction_at", cadence="effective_cadence_days")
    for vendor, due in _DUE_SINCE.items()
}
# For values that may be NULL; SQLite has the standard's words since 3.39 alone.
_DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}
# As Django writes a moment into SQLite, in UTC; its clock stops at the millisecond, so this is the
# last microsecond of it.
_NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f999', 'now')", "postgresql": "clock_timestamp()"}


def refresh_times(connection: BaseDatabaseWrapper, contacts: list[int], now: dt.datetime) -> None:
    """What the triggers write, for these contacts, as of `now`."""
    moment = connection.ops.adapt_datetimefield_value(now)
    due = _REFRESH_DUE.format(
        due=_DUE[connection.vendor].replace("%", "%%"), which="= %s", differs=_DIFFERS[connection.vendor]
    )
    with connection.cursor() as cursor:
        for contact in contacts:
            cursor.execute(_REFRESH_TIMES.format(now="%s", which="= %s"), [moment, moment, contact])
            cursor.execute(due, [contact])


# What a link is between. PostgreSQL has no rows of a whole statement for some columns alone; there, a meeting that is
# put off is looked at twice.
_RELINKED = {"sqlite": "UPDATE OF contact_id, interaction_id", "postgresql": "UPDATE"}


@dataclass(frozen=True)
class Trigger:
    name: str
    table: str
    event: str
    statement: str
    before: bool = False
    condition: str = ""


def _triggers(vendor: str) -> Iterator[Trigger]:
    yield from _column_triggers(vendor)
    yield from _search_triggers(vendor)
    yield _forget(vendor)


def _column_triggers(vendor: str) -> Iterator[Trigger]:
    def times(which: str) -> str:
        return _REFRESH_TIMES.format(now=_NOW[vendor], which=which) + ";" + due(which)

    def cadence(which: str) -> str:
        return _REFRESH_CADENCE.format(which=which, differs=_DIFFERS[vendor]) + ";" + due(which)

    def due(which: str) -> str:
        return _REFRESH_DUE.format(due=_DUE[vendor], which=which, differs=_DIFFERS[vendor])

    # The moment of a link first: by it, the times are found.
    moment = _MOMENT.format(interaction="NEW.interaction_id")
    dated = f"UPDATE {_LINKS} SET occurred_at = ({moment}) WHERE id = NEW.id;" if vendor == "sqlite" else ""
    yield Trigger("contacts_times_linked", _LINKS, "INSERT", dated + times("= NEW.contact_id"))
    moved = dated + times("IN (OLD.contact_id, NEW.contact_id)")
    yield Trigger("contacts_times_moved", _LINKS, _RELINKED[vendor], moved)
    yield Trigger("contacts_times_unlinked", _LINKS, "DELETE", times("= OLD.contact_id"))
    if vendor == "postgresql":
        # Before, so that the row is written once. Who puts off the meeting meanwhile does not see this link, nor it
        # what they write: hence one after the other.
        locked = f"NEW.occurred_at := ({moment} FOR NO KEY UPDATE)"
        for name, event in (("linked", "INSERT"), ("relinked", "UPDATE OF interaction_id")):
            yield Trigger(f"contacts_moment_{name}", _LINKS, event, locked, before=True)
    put_off = f"""
        UPDATE {_LINKS} SET occurred_at = NEW.occurred_at
        WHERE interaction_id = NEW.id AND occurred_at {_DIFFERS[vendor]} NEW.occurred_at;
    """
    of_this = f"IN (SELECT contact_id FROM {_LINKS} WHERE interaction_id = NEW.id)"
    changed = "UPDATE OF occurred_at, counts_as_contact"
    yield Trigger("contacts_times_changed", "contacts_interaction", changed, put_off + times(of_this))
    tagged = "contacts_contact_tags"
    of_tag = f"IN (SELECT contact_id FROM {tagged} WHERE tag_id = NEW.id)"
    yield Trigger("contacts_cadence_made", "contacts_contact", "INSERT", cadence("= NEW.id"))
    yield Trigger("contacts_cadence_set", "contacts_contact", "UPDATE OF cadence_days", cadence("= NEW.id"))
    yield Trigger("contacts_cadence_tagged", tagged, "INSERT", cadence("= NEW.contact_id"))
    yield Trigger("contacts_cadence_retagged", tagged, "UPDATE", cadence("IN (OLD.contact_id, NEW.contact_id)"))
    yield Trigger("contacts_cadence_untagged", tagged, "DELETE", cadence("= OLD.contact_id"))
    yield Trigger("contacts_cadence_of_tag", "contacts_tag", "UPDATE OF cadence_days", cadence(of_tag))
    for table in _ABOUT_A_CONTACT:
        name = table.replace("contacts_", "contacts_owner_of_")
        own = _REFRESH_OWNER.format(table=table, which="id = NEW.id")
        yield Trigger(f"{name}_made", table, "INSERT", own)
        yield Trigger(f"{name}_moved", table, "UPDATE OF contact_id", own)
        given = _REFRESH_OWNER.format(table=table, which="contact_id = NEW.id")
        yield Trigger(f"{name}_given", "contacts_contact", "UPDATE OF owner_id", given)


# --- Whose words have changed -----------------------------------------------------------------

# Taken and noted at once, a row is noted again: a note that is there already may be taken any moment. In order,
# so that two who note the same do not wait for each other.
_STALE = """
    INSERT INTO contacts_search_stale (contact_id) SELECT id FROM contacts_contact WHERE id {which} ORDER BY id
    ON CONFLICT (contact_id) DO UPDATE SET contact_id = excluded.contact_id
"""
_SEARCHED_COLUMNS = (
    "owner_id, is_archived, organization_id, sort_name, "
    "first_name, last_name, nickname, job_title, city, country, how_met, notes"
)
# Of so many letters at most, an index of SQLite has the beginnings of words beside the words.
INDEXED_BEGINNING = 3
VOCABULARY = "contacts_search_vocabulary"
_SEARCH_TABLES = {
    "sqlite": (
        # As the words are written, they are asked for: folding is done before, and spaces alone part them. What
        # SQLite itself takes for a letter is another question, and two words for one would be an error.
        "CREATE VIRTUAL TABLE IF NOT EXISTS contacts_search USING fts5("
        f"words, prefix='{' '.join(map(str, range(1, INDEXED_BEGINNING + 1)))}', "
        "detail=none, columnsize=0, tokenize=\"ascii tokenchars '=@'\")",
        # The words that there are, as its index has them: a view of it, which keeps nothing.
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {VOCABULARY} USING fts5vocab(contacts_search, row)",
        "CREATE TABLE IF NOT EXISTS contacts_search_stale (contact_id integer PRIMARY KEY)",
    ),
    "postgresql": (
        "CREATE TABLE IF NOT EXISTS contacts_search ("
        "contact_id bigint PRIMARY KEY, mark text NOT NULL, words tsvector NOT NULL, "
        "sort_name text COLLATE \"C\" NOT NULL DEFAULT '')",
        # The latest first, in an order of its own: in that of `contact_id`, the planner would take the primary key, and
        # read all who were entered since, in whosever book.
        "CREATE INDEX IF NOT EXISTS contacts_search_latest ON contacts_search (mark, (-contact_id))",
        "CREATE INDEX IF NOT EXISTS contacts_search_words ON contacts_search USING gin (words) WITH (fastupdate = off)",
        "CREATE TABLE IF NOT EXISTS contacts_search_stale (contact_id bigint PRIMARY KEY)",
    ),
}


def _search_triggers(vendor: str) -> Iterator[Trigger]:
    def stale(name: str, table: str, event: str, *which: str) -> Trigger:
        statement = ";".join(_STALE.format(which=of) for of in which)
        return Trigger(f"contacts_search_{name}", table, event, statement)

    yield stale("entered", "contacts_contact", "INSERT", "= NEW.id")
    yield stale("changed", "contacts_contact", f"UPDATE OF {_SEARCHED_COLUMNS}", "= NEW.id")
    for table in ("contacts_contact_tags", "contacts_contactmethod", _LINKS):
        name = table.removeprefix("contacts_")
        yield stale(f"{name}_added", table, "INSERT", "= NEW.contact_id")
        moved = _RELINKED[vendor] if table == _LINKS else "UPDATE"
        yield stale(f"{name}_moved", table, moved, "IN (OLD.contact_id, NEW.contact_id)")
        yield stale(f"{name}_removed", table, "DELETE", "= OLD.contact_id")
    of_talk = "IN (SELECT contact_id FROM contacts_interaction_contacts WHERE interaction_id = NEW.id)"
    yield stale("talk", "contacts_interaction", "UPDATE OF title, body", of_talk)
    of_tag = "IN (SELECT contact_id FROM contacts_contact_tags WHERE tag_id = NEW.id)"
    yield stale("tag", "contacts_tag", "UPDATE OF name", of_tag)
    of_organization = "IN (SELECT person.id FROM contacts_contact person WHERE person.organization_id = NEW.id)"
    yield stale("organization", "contacts_organization", "UPDATE OF name", of_organization)


def _forget(vendor: str) -> Trigger:
    """A contact that is deleted leaves no word behind."""
    key = {"sqlite": "rowid", "postgresql": "contact_id"}[vendor]
    statement = (
        f"DELETE FROM contacts_search WHERE {key} = OLD.id; DELETE FROM contacts_search_stale WHERE contact_id = OLD.id"
    )
    return Trigger("contacts_search_forgotten", "contacts_contact", "DELETE", statement)


# --- Full text --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Document:
    """A text made of some columns of a row, to be found by the words in it."""

    index: str
    table: str
    columns: tuple[str, ...]

    @property
    def text(self) -> str:
        """SQL: the columns as one text."""
        return " || ' ' || ".join(self.columns)


NAMES = Document("contacts_names_text", "contacts_contact", ("first_name", "last_name", "nickname"))
ORGANIZATIONS = Document("contacts_organization_text", "contacts_organization", ("name",))
TAGS = Document("contacts_tag_text", "contacts_tag", ("name",))
INTERACTIONS = Document("contacts_interaction_text", "contacts_interaction", ("title", "body"))
DOCUMENTS = (NAMES, ORGANIZATIONS, TAGS, INTERACTIONS)
# What earlier versions had.
_FORMER = ("contacts_details_text", "contacts_method_text", "contacts_search_marks")


def _without_ligatures(expression: str) -> str:
    """SQL: what `naming.fold` does to the letters that neither engine takes apart."""
    for letter, plain in naming.LIGATURES.items():
        for character in {letter, letter.upper()}:
            expression = f"replace({expression}, '{character}', '{plain}')"
    return expression


def _sqlite_index(document: Document) -> Iterator[str]:
    """An FTS5 index over a view, so that it holds no second copy of the text."""
    index, view, table = document.index, f"{document.index}_view", document.table
    yield f"CREATE VIEW {view} AS SELECT id, {_without_ligatures(document.text)} AS text FROM {table}"
    yield (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5("
        f"text, content='{view}', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    columns = ", ".join(document.columns)
    add = f"INSERT INTO {index}(rowid, text) SELECT id, text FROM {view} WHERE id = NEW.id"
    remove = f"INSERT INTO {index}({index}, rowid, text) SELECT 'delete', id, text FROM {view} WHERE id = OLD.id"
    for trigger in (
        Trigger(f"{index}_added", table, "INSERT", add),
        Trigger(f"{index}_leaving", table, f"UPDATE OF {columns}", remove, before=True),
        Trigger(f"{index}_changed", table, f"UPDATE OF {columns}", add),
        Trigger(f"{index}_removed", table, "DELETE", remove, before=True),
    ):
        yield _sqlite_trigger(trigger)


def _sqlite_trigger(trigger: Trigger) -> str:
    when = "BEFORE" if trigger.before else "AFTER"
    return f"CREATE TRIGGER {trigger.name} {when} {trigger.event} ON {trigger.table} BEGIN {trigger.statement}; END"


# A word longer than an index takes is left out by the parser; a text longer than one takes is cut.
_LOWER = 'lower(left(content, 200000) COLLATE "und-x-icu")'
# A space is left alone: it parts words already, and most of what is no letter is one.
_POSTGRESQL_WORDS = f"""
    CREATE OR REPLACE FUNCTION contacts_words(content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT to_tsvector('simple', regexp_replace(
            regexp_replace(
                normalize({_without_ligatures(_LOWER)}, NFKD),
                U&'[\\0300-\\036F]', '', 'g'
            ) COLLATE "und-x-icu", '[^[:alnum:] ]+', ' ', 'g'))
    $$
"""


def _postgresql_index(document: Document) -> Iterator[str]:
    yield (
        f"CREATE INDEX IF NOT EXISTS {document.index} ON {document.table} "
        f"USING gin (contacts_words({document.text})) WITH (fastupdate = off)"
    )


# A setting of one transaction of PostgreSQL, in which triggers rest (`keeping_in_the_end`).
_LOADING = "contacts.loading"


def _postgresql_trigger(trigger: Trigger) -> Iterator[str]:
    """One run for all rows that a statement writes, where PostgreSQL has them together: not for some columns alone.

    One that writes into the row itself runs before it is written, and never rests: it costs no row more.
    """
    if trigger.before:
        yield f"""
            CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql {_BY_ROWS_WRITTEN} AS $$
            BEGIN {trigger.statement}; RETURN NEW; END $$
        """
        yield (
            f"CREATE OR REPLACE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table} FOR EACH ROW "
            f"EXECUTE FUNCTION {trigger.name}()"
        )
        return
    statement, each = trigger.statement, "ROW"
    if " OF " not in trigger.event:
        statement, each = _of_all_rows(statement), "STATEMENT"
    tables = [f"{age} TABLE AS {age.lower()}_rows" for age in ("OLD", "NEW") if f"{age.lower()}_rows" in statement]
    referencing = f"REFERENCING {' '.join(tables)}" if tables else ""
    yield f"""
        CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql {_BY_ROWS_WRITTEN} AS $$
        BEGIN {statement}; RETURN NULL; END $$
    """
    yield (
        f"CREATE OR REPLACE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table} "
        f"{referencing} FOR EACH {each} WHEN (current_setting('{_LOADING}', true) IS DISTINCT FROM 'on') "
        f"EXECUTE FUNCTION {trigger.name}()"
    )


# A plan is made once for a connection, maybe of tables that are empty then: what a write costs is to grow with
# the rows that it writes, never with the book.
_BY_ROWS_WRITTEN = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off"


def _of_all_rows(statement: str) -> str:
    """What is said of the row `NEW` or `OLD`, said of all of them."""
    statement = re.sub(
        r"IN \(OLD\.(\w+), NEW\.(\w+)\)",
        r"IN (SELECT \1 FROM old_rows UNION SELECT \2 FROM new_rows)",
        statement,
    )
    return re.sub(
        r"= (NEW|OLD)\.(\w+)", lambda found: f"IN (SELECT {found[2]} FROM {found[1].lower()}_rows)", statement
    )


# --- Installing -------------------------------------------------------------------------------


def install(connection: BaseDatabaseWrapper, *, rebuild: bool = False) -> None:
    """Makes every trigger and index that is not there; `rebuild` reads all texts again."""
    if connection.vendor == "sqlite":
        _run(connection, _install_on_sqlite(connection, rebuild=rebuild))
    elif connection.vendor == "postgresql":
        _run(connection, _install_on_postgresql())
    else:
        raise NotImplementedError(f"Contacts are kept in SQLite or PostgreSQL, not in {connection.display_name}.")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Takes the triggers away, so that the tables under them can be altered."""
    if connection.vendor == "sqlite":
        for kind in ("trigger", "view"):
            _run(connection, (f"DROP {kind} {name}" for name in _sqlite_names(connection, kind)))
    else:
        for trigger in _triggers("postgresql"):
            _run(connection, [f"DROP FUNCTION IF EXISTS {trigger.name}() CASCADE"])


@contextmanager
def keeping_in_the_end(connection: BaseDatabaseWrapper, *, owner: int) -> Iterator[None]:
    """Inside, nothing is kept of what this transaction writes but its texts; in the end, it is for `owner`'s contacts.

    Row by row each contact would be written as often as somebody was met; PostgreSQL would also read over all that
    it was before. Others see nothing of it; where others can write meanwhile, on PostgreSQL, they need not wait.
    """
    vendor = connection.vendor
    resting = list(_triggers(vendor))
    if vendor == "postgresql":
        _run(connection, [f"SET LOCAL {_LOADING} = 'on'"])
    else:
        _run(connection, (f"DROP TRIGGER IF EXISTS {trigger.name}" for trigger in resting))
    yield
    keep_all(connection, owner=owner)
    if vendor == "postgresql":
        _run(connection, [f"SET LOCAL {_LOADING} = 'off'"])
    else:
        _run(connection, map(_sqlite_trigger, resting))


def keep_all(connection: BaseDatabaseWrapper, *, owner: int) -> None:
    """What triggers keep, for all of one owner's, after they rested."""
    vendor = connection.vendor
    if vendor == "postgresql":
        # Not knowing how many rows have come, the planner would read whole tables for each contact.
        _run(connection, (f"ANALYZE {table}" for table in _READ_AFTERWARDS))
    moment = _MOMENT.format(interaction="interaction_id")
    _run(connection, [f"UPDATE {_LINKS} SET occurred_at = ({moment}) WHERE occurred_at IS NULL"])
    now = _NOW[vendor]
    due = _DUE_SINCE[vendor].format(last=_LAST.format(now=now), cadence=_CADENCE)
    _run(connection, [_REFRESH_ALL.format(now=now, due=due, owner=int(owner))])
    _run(connection, (_REFRESH_OWNER.format(table=table, which="owner_id IS NULL") for table in _ABOUT_A_CONTACT))
    of_owner = f"IN (SELECT mine.id FROM contacts_contact mine WHERE mine.owner_id = {int(owner)})"
    _run(connection, [_STALE.format(which=of_owner)])


def _install_on_sqlite(connection: BaseDatabaseWrapper, *, rebuild: bool) -> Iterator[str]:
    indexes = _sqlite_names(connection, "table")
    for kind in ("trigger", "view"):
        yield from (f"DROP {kind} {name}" for name in _sqlite_names(connection, kind))
    yield from _SEARCH_TABLES["sqlite"]
    yield from (f"DROP TABLE IF EXISTS {name}" for name in _FORMER)
    for trigger in _triggers("sqlite"):
        yield _sqlite_trigger(trigger)
    for document in DOCUMENTS:
        yield from _sqlite_index(document)
        if rebuild or document.index not in indexes:
            yield f"INSERT INTO {document.index}({document.index}) VALUES ('rebuild')"


def _install_on_postgresql() -> Iterator[str]:
    yield _POSTGRESQL_WORDS
    yield from _SEARCH_TABLES["postgresql"]
    yield from (f"DROP INDEX IF EXISTS {name}" for name in _FORMER)
    for document in DOCUMENTS:
        yield from _postgresql_index(document)
    for trigger in _triggers("postgresql"):
        yield from _postgresql_trigger(trigger)


def _sqlite_names(connection: BaseDatabaseWrapper, kind: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            r"SELECT name FROM sqlite_master WHERE type = %s AND name LIKE 'contacts\_%%' ESCAPE '\'", [kind]
        )
        return [name for (name,) in cursor.fetchall()]


def _run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def before_migrate(*, using: str, plan: Sequence[tuple[Any, bool]] = (), **kwargs: Any) -> None:
    if plan:
        drop(connections[using])


def after_migrate(*, using: str, plan: Sequence[tuple[Any, bool]] = (), **kwargs: Any) -> None:
    connection = connections[using]
    if "contacts_interaction" in connection.introspection.table_names():
        install(connection, rebuild=bool(plan))
        if plan:
            _run(connection, [_STALE.format(which="IS NOT NULL")])
        take_stock(connection)


def take_stock(connection: BaseDatabaseWrapper) -> None:
    """Lets SQLite know how much there is: without that it reads whole books where an index would do.

    PostgreSQL sees to that by itself. It takes 0.3 s for 100,000 contacts.
    """
    if connection.vendor == "sqlite":
        _run(connection, ["PRAGMA analysis_limit = 1000", "ANALYZE"])


def forget_deleted_words(connection: BaseDatabaseWrapper) -> None:
    """Writes SQLite's full-text indexes anew: each keeps the words of rows that are gone until it merges its parts.

    PostgreSQL sees to that by itself. It takes 4 s of a processor for 100,000 contacts.
    """
    if connection.vendor == "sqlite":
        names = ["contacts_search", *(document.index for document in DOCUMENTS)]
        _run(connection, [f"INSERT INTO {name}({name}) VALUES ('optimize')" for name in names])
