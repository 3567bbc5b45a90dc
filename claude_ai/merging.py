"""Two contacts become one: what is kept here about the one who goes follows, by plain ids."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from claude_ai.models import Conversation, Message, Proposal
from contacts.book import Book
from contacts.merging.journal import Journal
from contacts.signals import merged


@receiver(merged)
def follow(sender: Any, *, book: Book, kept: int, gone: int, journal: Journal, **kwargs: Any) -> None:
    conversations = Conversation.objects.of(book.user)
    journal.update(conversations.filter(contact_id=gone), contact_id=kept)
    for proposal in Proposal.objects.filter(conversation__in=conversations).order_by("pk").iterator():
        changed = {name: _followed(getattr(proposal, name), kept, gone) for name in ("target", "undo")}
        journal.update([proposal], **changed)
    address = f"/contacts/{gone}/"
    naming = Q(sources__icontains=address) | Q(consulted__icontains=address)
    for message in Message.objects.filter(naming, conversation__in=conversations).order_by("pk").iterator():
        pointed = {name: [_pointed(entry, kept, gone) for entry in getattr(message, name)] for name in _POINTING}
        journal.update([message], **pointed)


_NAMING = {"contact", "other", "contacts"}
_POINTING = ("sources", "consulted")


def _followed(target: dict[str, Any], kept: int, gone: int) -> dict[str, Any]:
    """`target` with the one who stays in the place of the one who goes."""
    found = dict(target)
    for name in _NAMING & target.keys():
        value = target[name]
        if isinstance(value, list):
            found[name] = list(dict.fromkeys(kept if pk == gone else pk for pk in value))
        elif value == gone:
            found[name] = kept
    return found


def _pointed(source: Any, kept: int, gone: int) -> Any:
    """A record as it was named under an answer: where it is found now."""
    address = f"/contacts/{gone}/"
    if not isinstance(source, dict) or not str(source.get("url", "")).startswith(address):
        return source
    moved = source | {"url": f"/contacts/{kept}/{source['url'].removeprefix(address)}"}
    return moved | {"id": kept} if source.get("kind") == "contact" else moved
