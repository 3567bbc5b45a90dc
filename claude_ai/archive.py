"""What this app keeps of a user, in the archive that they take along: conversations, and what calls have cost.

Texts and sources name rows of the book; when they come back they name the new ones, or nothing.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from claude_ai.assistant import proposals
from claude_ai.assistant import text as texts
from claude_ai.models import Conversation, Message, Proposal, Usage
from contacts import records
from contacts.archive.kinds import Kind, brings
from contacts.book import Book
from contacts.models import Contact, FollowUp
from contacts.records import Ids

# What has no page of its own, on that of a contact.
_ON_PAGE_OF = re.compile(r"/contacts/([0-9]{1,18})/#")
_LONGEST_LABEL, _MOST_SOURCES = 1_000, 1_000


def _conversation(row: Conversation, ids: Ids) -> bool:
    row.contact_id = ids[Contact].get(row.contact_id or 0)
    return True


def _message(row: Message, ids: Ids) -> bool:
    _expect(isinstance(row.notice, dict | None) and isinstance(row.usage, dict | None))
    row.sources, row.consulted = _sources(row.sources, ids), _sources(row.consulted, ids)
    if row.role == Message.Role.ASSISTANT:
        row.text = texts.renumbered(row.text, partial(records.renumbered, ids=ids))
    return True


def _sources(said: Any, ids: Ids) -> list[dict[str, Any]]:
    """Those that are still there, at their new addresses: none is taken from the archive."""
    _expect(isinstance(said, list) and len(said) <= _MOST_SOURCES)
    return [moved for one in said if (moved := _source(one, ids))]


def _source(said: Any, ids: Ids) -> dict[str, Any] | None:
    _expect(isinstance(said, dict) and all(isinstance(said.get(name), str) for name in ("ref", "label", "url")))
    _expect(len(said["label"]) <= _LONGEST_LABEL)
    ref = records.renumbered(said["ref"], ids)
    if ref is None:
        return None
    page = _ON_PAGE_OF.search(said["url"])
    contact = ids[Contact].get(int(page[1])) if page else None
    url = records.url_of(ref, on_page_of=contact)
    if url is None:
        return None
    return {"ref": ref, "kind": records.KINDS[ref[0]], "id": int(ref[1:]), "label": said["label"], "url": url}


def _proposal(row: Proposal, ids: Ids) -> bool:
    """As it was decided, to be read. One that was open has expired, and none can be undone.

    It was made and shown for a book of that moment; where it is written now, and what it would take back,
    are other rows, which may have changed since the archive was made.
    """
    _expect(isinstance(row.target, dict) and isinstance(row.before, dict) and proposals.can_be_shown(row))
    row.target = _target(row.target, ids)
    if row.state == Proposal.State.OPEN:
        row.state = Proposal.State.EXPIRED
    return True


def _target(said: dict[str, Any], ids: Ids) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, model in (("contact", Contact), ("other", Contact), ("follow_up", FollowUp)):
        if name in said and (pk := _moved(said[name], ids[model])) is not None:
            found[name] = pk
    if "contacts" in said:
        _expect(isinstance(said["contacts"], list))
        moved = [_moved(old, ids[Contact]) for old in said["contacts"]]
        found["contacts"] = [pk for pk in moved if pk is not None]
    return found


def _moved(old: Any, ids: Mapping[int, int]) -> int | None:
    _expect(isinstance(old, int))
    return ids.get(old)


def _expect(is_so: bool) -> None:
    if not is_so:
        raise ValueError


def _call(row: Usage, _ids: Ids) -> bool:
    _expect(row.cost_usd >= 0)
    return True


def _not_counted_yet(book: Book, calls: Sequence[Usage]) -> list[Usage]:
    """Nothing is ever taken out of the ledger, and the same call is not counted twice: a budget only gets smaller."""
    there = Usage.objects.filter(user=book.user.pk, created_at__in=[call.created_at for call in calls])
    counted = set(there.values_list("created_at", "request_id"))
    return [call for call in calls if (call.created_at, call.request_id) not in counted]


brings(
    Kind(
        "conversations",
        Conversation,
        lambda book: Conversation.objects.of(book.user),
        settle=_conversation,
    ),
    Kind(
        "messages",
        Message,
        lambda book: Message.objects.filter(conversation__in=Conversation.objects.of(book.user)),
        settle=_message,
        is_in_the_way=False,
    ),
    Kind(
        "proposals",
        Proposal,
        lambda book: Proposal.objects.filter(conversation__in=Conversation.objects.of(book.user)),
        left=frozenset({"undo"}),
        settle=_proposal,
        is_in_the_way=False,
    ),
    # A key is tried before a book is brought back, and nobody can delete what that has cost.
    Kind(
        "claude_usage",
        Usage,
        lambda book: Usage.objects.filter(user=book.user.pk),
        settle=_call,
        wanted=_not_counted_yet,
        is_in_the_way=False,
    ),
)
