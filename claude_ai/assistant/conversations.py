"""Conversations as rows: begun, gone on with, told again to Claude, and kept whatever became of an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from claude_ai.assistant.engine import Outcome
from claude_ai.assistant.text import without_references
from claude_ai.errors import Invalid, TooLarge
from claude_ai.models import Conversation, Message, Proposal
from claude_ai.prompts import assistant as prompts
from contacts.book import Book

MOST_CHARACTERS = 20_000
# What is told again of the turns before, in characters: about 15,000 tokens.
_HISTORY = 45_000


class QuestionTooLong(TooLarge):
    message = _("A question may have 20,000 characters at most. Shorten it: what you typed is still there.")


@dataclass(frozen=True)
class Told:
    """What Claude is told of a conversation: oldest first, and how many older messages are not."""

    messages: list[dict[str, Any]]
    left_out: int


def ask(
    book: Book, question: str, *, conversation: Conversation | None, contact: int | None, instead_of: int | None = None
) -> Message:
    """Writes the question down, in a new conversation if there is none. Raises `Invalid` or `QuestionTooLong`.

    `instead_of` is the last question of the conversation, to be taken back with its answer.
    """
    question = question.replace("\x00", "").strip()
    if not question:
        raise Invalid({"question": [str(_("Ask something first."))]})
    if len(question) > MOST_CHARACTERS:
        raise QuestionTooLong
    with transaction.atomic():
        if conversation is None:
            title = Truncator(" ".join(question.split())).chars(80)
            known = contact if contact and book.contacts.filter(pk=contact).exists() else None
            conversation = Conversation.objects.create(user=book.user, title=title, contact_id=known)
        elif instead_of:
            _take_back(conversation, instead_of)
        conversation.updated_at = timezone.now()
        conversation.save(update_fields=["updated_at"])
        return Message.objects.create(conversation=conversation, role=Message.Role.USER, text=question)


def _take_back(conversation: Conversation, pk: int) -> None:
    """Only what nothing came of: a confirmed proposal keeps the turn that it came from."""
    last = conversation.messages.filter(role=Message.Role.USER).order_by("-pk").first()
    if last is None or last.pk != pk:
        return
    turn = conversation.messages.filter(pk__gte=pk)
    if not Proposal.objects.filter(message__in=turn, state=Proposal.State.CONFIRMED).exists():
        turn.delete()


def history(book: Book, question: Message, *, language: str, page: str = "") -> Told:
    """The messages as plain text, as many of the latest as fit; `page` is where the question was asked."""
    earlier = list(question.conversation.messages.filter(pk__lt=question.pk).order_by("-pk"))
    kept: list[dict[str, Any]] = []
    left, left_out = _HISTORY, 0
    for number, message in enumerate(earlier):
        text = without_references(message.text)
        if not text:
            continue
        left -= len(text)
        if left < 0:
            left_out = len(earlier) - number
            break
        kept.append({"role": message.role, "content": text})
    while kept and kept[-1]["role"] == Message.Role.ASSISTANT:  # the API wants a question first
        kept.pop()
        left_out += bool(left_out)
    about = prompts.about_now(
        timezone.localtime(book.now, book.zone),
        language=language,
        zone=str(book.zone),
        contact=_contact(book, question.conversation),
        page=page,
    )
    return Told([*reversed(kept), {"role": "user", "content": f"{about}\n\n{question.text}"}], left_out)


def _contact(book: Book, conversation: Conversation) -> str:
    """The reference of whom it is about, unless they are not shared."""
    if conversation.contact_id is None:
        return ""
    shared = book.contacts.shared_with_ai().filter(pk=conversation.contact_id)
    return f"c{conversation.contact_id}" if shared.exists() else ""


def keep_draft(conversation: Conversation, text: str, *, row: Message | None) -> Message:
    """What has come so far, in case nobody is left to keep the rest."""
    if row is None:
        row = Message(conversation=conversation, role=Message.Role.ASSISTANT, status=Message.Status.UNFINISHED)
    row.text = text
    row.save(update_fields=["text"] if row.pk else None)
    return row


def keep_drafts(drafts: Iterable[tuple[Conversation, str, Message | None]]) -> list[Message | None]:
    """The rows of `keep_draft` for each; the row as it was for one that cannot be kept now."""
    return [_kept(*draft) for draft in drafts]


def _kept(conversation: Conversation, text: str, row: Message | None) -> Message | None:
    try:
        return keep_draft(conversation, text, row=row)
    except DatabaseError:
        return row


def keep(conversation: Conversation, outcome: Outcome, *, row: Message | None = None) -> Message | None:
    """The answer as far as it came, with the proposals that were made on the way; in the `row` of its draft.

    None where the conversation was deleted meanwhile.
    """
    message = row or Message(conversation=conversation, role=Message.Role.ASSISTANT)
    message.text, message.status, message.notice = outcome.text, outcome.status, outcome.notice
    message.sources, message.consulted = outcome.sources, outcome.consulted
    message.model, message.usage = outcome.model, outcome.usage or None
    message.left_out = outcome.left_out
    with transaction.atomic():
        if not Conversation.objects.filter(pk=conversation.pk).update(updated_at=timezone.now()):
            return None
        message.save()
        Proposal.objects.filter(pk__in=[proposal.pk for proposal in outcome.proposals]).update(message=message)
    return message
