"""What this app keeps of a user, for the archive that they take along: to be read, not to be read back."""

from collections.abc import Iterator
from typing import Any

from claude_ai.models import Conversation, Usage
from contacts import rows
from contacts.archive.kinds import brings
from contacts.book import Book


@brings("conversations")
def conversations(book: Book) -> Iterator[dict[str, Any]]:
    """Each with its messages, and with what was proposed in it."""
    mine = Conversation.objects.of(book.user).order_by("pk").prefetch_related("messages", "proposals")
    for conversation in mine.iterator(chunk_size=100):
        yield rows.dump(conversation) | {
            "messages": [rows.dump(message) for message in conversation.messages.all()],
            "proposals": [rows.dump(proposal) for proposal in conversation.proposals.all()],
        }


@brings("claude_usage")
def usage(book: Book) -> Iterator[dict[str, Any]]:
    for row in Usage.objects.filter(user=book.user).order_by("pk").iterator(chunk_size=500):
        yield rows.dump(row)
