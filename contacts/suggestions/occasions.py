"""What makes a suggestion the same one again: the text that a dismissal remembers, once rows have other ids."""

from contacts import records
from contacts.records import Ids


def renumbered(identity: str, ids: Ids) -> str | None:
    """`Suggestion.id`, such as «relance:c12:2026-03-01» or «networking:12-40»; None where its rows are not there."""
    kind, *rest = identity.split(":")
    if not rest:
        return None
    people = rest[0].split("-")
    if len(people) == 2:
        moved = [records.renumbered(f"c{pk}", ids) for pk in people]
        named = [ref.removeprefix("c") for ref in moved if ref]
        rest[0] = "-".join(named) if len(named) == 2 else ""
    else:
        rest[0] = records.renumbered(rest[0], ids) or ""
    return ":".join([kind, *rest]) if rest[0] else None
