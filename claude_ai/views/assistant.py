"""The assistant: its page, the route that answers, and what is decided about proposals and conversations."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from itertools import groupby
from time import thread_time
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from claude_ai import calls, errors
from claude_ai.api import api, sent
from claude_ai.assistant import conversations, proposals
from claude_ai.assistant.draft import Draft
from claude_ai.assistant.engine import Engine, Looking, Piece, Proposed
from claude_ai.assistant.live import Event, Live
from claude_ai.assistant.proposals import Proposer
from claude_ai.assistant.reading import Reader
from claude_ai.assistant.text import as_html
from claude_ai.models import Conversation, Message, Proposal
from contacts import search
from contacts.book import Book
from contacts.http import book_of, is_fragment, vary_on_htmx
from contacts.threads import in_thread

CONVERSATIONS_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def assistant_page(request: HttpRequest) -> HttpResponseBase:
    """A POST is a question without JavaScript: its answer is on the page that follows."""
    if not settings.ENABLE_AI_FEATURES:
        raise Http404
    if request.method == "POST":
        return _answered_page(request)
    return render(request, "claude_ai/assistant.html", _page(request, _conversation(request, request.GET)))


def _answered_page(request: HttpRequest) -> HttpResponse:
    conversation = _conversation(request, request.POST)
    try:
        engine, question, messages = _begin(request, request.POST.dict(), is_alone=True)
    except errors.ClaudeError as error:
        context = _page(request, conversation) | {
            "error": error.as_dict(),
            "question": request.POST.get("question", ""),
        }
        context["found"] = _found(book_of(request), context["question"])
        return render(request, "claude_ai/assistant.html", context, status=error.status)
    _collect(engine, question, messages)
    return redirect(question.conversation)


@api("POST", spends_tokens=True)
def assistant_api(request: HttpRequest) -> HttpResponseBase:
    said = sent(request)
    is_stream = "text/event-stream" in request.headers.get("Accept", "")
    try:
        engine, question, messages = _begin(request, said, is_alone=not is_stream)
    except errors.ClaudeError as error:
        if not is_fragment(request):
            raise
        context = {"error": error.as_dict(), "found": _found(book_of(request), str(said.get("question", "")))}
        return render(request, "claude_ai/_not_answered.html", context, status=error.status)
    if is_stream:
        stream = _Stream(request, engine, question, messages)
        response = StreamingHttpResponse(stream.frames(), content_type="text/event-stream; charset=utf-8")
        response["X-Accel-Buffering"] = "no"
        return response
    answer = _collect(engine, question, messages)
    if engine.error:
        raise engine.error
    return JsonResponse(_as_dict(book_of(request), answer))


def _begin(
    request: HttpRequest, said: dict[str, Any], *, is_alone: bool
) -> tuple[Engine, Message, list[dict[str, Any]]]:
    """What will answer, the question that is written down, and what Claude is told."""
    book, caller = book_of(request), calls.caller_of(request)
    conversation = _conversation(request, said)
    question = conversations.ask(
        book,
        str(said.get("question", "")),
        conversation=conversation,
        contact=_number(said.get("contact")),
        instead_of=_number(said.get("instead_of")),
    )
    reader = Reader(book)
    engine = Engine(caller, reader, Proposer(reader, question.conversation), is_alone=is_alone)
    language = translation.get_language() or settings.LANGUAGE_CODE
    told = conversations.history(book, question, language=language, page=str(said.get("page", "")))
    engine.outcome.left_out = told.left_out
    return engine, question, told.messages


def _number(said: Any) -> int | None:
    text = str(said or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _collect(engine: Engine, question: Message, messages: list[dict[str, Any]]) -> Message:
    async def run() -> None:
        async for _event in engine.answer(messages):
            pass

    async_to_sync(run)()
    answer = conversations.keep(question.conversation, engine.outcome)
    if answer is None:
        raise Http404
    return answer


def _as_dict(book: Book, answer: Message) -> dict[str, Any]:
    return {
        "conversation": answer.conversation_id,
        "answer": answer.text,
        "sources": answer.sources,
        "proposals": [proposals.as_dict(book, proposal) for proposal in answer.proposals.all()],
        "model": answer.model,
        "usage": answer.usage,
        "warning": answer.notice,
    }


# --- Streaming ----------------------------------------------------------------------------------


class _Stream:
    """The answer as server-sent events: fragments for the page, JSON for everybody else."""

    def __init__(self, request: HttpRequest, engine: Engine, question: Message, messages: list[dict[str, Any]]) -> None:
        self.request, self.engine, self.question = request, engine, question
        self.book = book_of(request)
        self.is_page = is_fragment(request)
        self.language, self.zone = translation.get_language(), timezone.get_current_timezone()
        self.messages = messages
        self.draft = Draft()
        self.is_writing = False

    async def frames(self) -> AsyncIterator[str]:
        """Whoever leaves ends the call upstream; what came until then is kept."""
        live = Live(self.engine, self.question, self.messages)
        try:
            yield await self._frame("begun")
            async for events in live.news():
                began = thread_time()
                for frame in [await self._frame(_name(event), event=event) for event in _fewest(events)]:
                    yield frame
                live.drew(thread_time() - began)
            answer = await live.kept()
            yield await self._frame("done", answer=answer) if answer else await self._frame("gone")
        finally:
            await asyncio.shield(asyncio.ensure_future(live.leave()))

    async def _frame(self, name: str, **context: Any) -> str:
        """Drawn at once where that needs no database: waiting for a thread takes longer than drawing."""
        draw = self._html if self.is_page else self._plain
        is_quick = name in ("begun", "piece", "looking", "gone")
        drawn = draw(name, context) if is_quick else await in_thread(draw)(name, context)
        return _sse(drawn) if isinstance(drawn, str) else _sse(json.dumps(drawn), event=name)

    def _html(self, name: str, context: dict[str, Any]) -> str:
        was_writing, self.is_writing = self.is_writing, name == "piece"
        if name == "piece" and was_writing:
            return self._piece()
        context |= {"question": self.question, "conversation": self.question.conversation}
        with translation.override(self.language), timezone.override(self.zone):
            if name == "begun":
                context |= {"is_first": len(self.messages) == 1, "csrf_token": get_token(self.request)}
            if name in ("piece", "looking"):
                context["piece"] = self._piece()
            if name == "done":
                context |= _conversations(self.request) | {"message": _shown(self.book, context["answer"])}
            request = self.request if name == "done" else None
            return render_to_string(f"claude_ai/assistant_stream.html#{name}", context, request=request)

    def _piece(self) -> SafeString:
        """Drawn again and again, and so with the least that it takes: with two hundred streams that is felt."""
        settled, open_ = self.draft.drawn(self.engine.outcome.text, _Consulted(self))
        drawn = render_to_string("claude_ai/piece.html", {"settled": settled, "open": open_}, using="jinja2")
        return mark_safe(drawn)  # noqa: S308  # such a template escapes what it is given

    def _plain(self, name: str, context: dict[str, Any]) -> dict[str, Any]:
        event = context.get("event")
        with translation.override(self.language):
            if isinstance(event, Piece):
                return {"text": event.text}
            if isinstance(event, Looking):
                return {"tools": list(event.tools)}
            if isinstance(event, Proposed):
                return {"proposals": [proposals.as_dict(self.book, proposal) for proposal in event.proposals]}
            if name == "done":
                answer: Message = context["answer"]
                failed = {"error": answer.notice} if answer.status == Message.Status.FAILED else {}
                return _as_dict(self.book, answer) | {"status": answer.status} | failed
            if name == "gone":
                return {"error": {"code": "not_found", "message": _("This conversation was deleted meanwhile.")}}
            return {"conversation": self.question.conversation_id}


class _Consulted(Mapping[str, Mapping[str, str]]):
    """What has been consulted so far, as links in the language of whoever asked; made when one is drawn, since tools
    may be adding to it in another thread.
    """

    def __init__(self, stream: _Stream) -> None:
        self._stream, self._sources = stream, stream.engine.reader.consulted

    def __getitem__(self, ref: str) -> Mapping[str, str]:
        source = self._sources[ref]
        with translation.override(self._stream.language):
            return {"label": source.dated_label, "url": source.url}

    def __contains__(self, ref: object) -> bool:
        return ref in self._sources

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


def _name(event: Event) -> str:
    return type(event).__name__.lower()


def _fewest(events: list[Event]) -> Iterator[Event]:
    """Pieces that follow each other are one."""
    for is_text, group in groupby(events, key=lambda event: isinstance(event, Piece)):
        if is_text:
            yield Piece("".join(event.text for event in group if isinstance(event, Piece)))
        else:
            yield from group


def _sse(data: str, *, event: str = "") -> str:
    lines = "".join(f"data: {line}\n" for line in data.splitlines())
    return f"{f'event: {event}' + chr(10) if event else ''}{lines}\n"


# --- What the page shows ------------------------------------------------------------------------


def _conversation(request: HttpRequest, said: Any) -> Conversation | None:
    """The one that is named; 404 for another's."""
    wanted = str(said.get("conversation") or "")
    if not wanted:
        return None
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404
    return get_object_or_404(Conversation.objects.of(request.user), pk=int(wanted))


def _conversations(request: HttpRequest) -> dict[str, Any]:
    wanted = request.GET.get("q", "").strip()[:200]
    mine = Conversation.objects.of(request.user)
    return {"q": wanted, "conversations": (mine.saying(wanted) if wanted else mine)[:CONVERSATIONS_SHOWN]}


def _page(request: HttpRequest, conversation: Conversation | None) -> dict[str, Any]:
    book = book_of(request)
    about = request.GET.get("contact", "")
    contact = book.contacts.filter(pk=int(about[:18])).first() if about.isdecimal() else None
    if conversation and conversation.contact_id:
        contact = book.contacts.filter(pk=conversation.contact_id).first()
    messages = conversation.messages.prefetch_related("proposals") if conversation else Message.objects.none()
    return _conversations(request) | {
        "conversation": conversation,
        "shown": [_shown(book, message) for message in messages],
        "contact": contact,
        "page": _page_before(request),
        "can_ask": calls.configured(request),
        "most_characters": conversations.MOST_CHARACTERS,
    }


def _page_before(request: HttpRequest) -> str:
    """The name of the page that the assistant was opened from; empty for another site's."""
    before = urlsplit(request.headers.get("Referer", ""))
    try:
        return resolve(before.path).url_name or "" if before.netloc == request.get_host() else ""
    except Resolver404:
        return ""


def _shown(book: Book, message: Message) -> dict[str, Any]:
    sources = {source["ref"]: {"label": source["label"], "url": source["url"]} for source in message.sources}
    return {
        "row": message,
        "html": as_html(message.text, sources) if message.role == Message.Role.ASSISTANT else None,
        "proposals": [_card(book, proposal) for proposal in message.proposals.all()],
    }


def _card(book: Book, proposal: Proposal, *, problem: str = "") -> dict[str, Any]:
    return {
        "row": proposal,
        "label": proposals.LABELS[proposal.kind],
        "contacts": proposals.about(book, proposal),
        "fields": proposals.fields(proposal),
        "problem": problem,
    }


def _found(book: Book, question: str) -> list[Any]:
    """What the search finds for a question that nobody answers: by its longest words."""
    words = sorted({word for word in question.split() if len(word) > 3}, key=lambda word: -len(word))[:4]
    for word in words:
        found = search.by_relevance(search.contacts(book.contacts.active(), word), word)
        if people := list(found.select_related("organization")[:5]):
            return people
    return []


# --- Deciding -----------------------------------------------------------------------------------


def _decide(decision: str, request: HttpRequest, pk: int) -> HttpResponse:
    book = book_of(request)
    mine = Proposal.objects.filter(conversation__user=request.user.pk).select_related("conversation")
    proposal, problem = get_object_or_404(mine, pk=pk), ""
    try:
        if decision == "confirm":
            proposals.confirm(book, proposal, request.POST.dict())
        elif decision == "undo":
            proposals.undo(book, proposal)
        else:
            proposals.refuse(proposal)
    except (proposals.Changed, proposals.Refused) as error:
        problem = proposals.said(error)
    if is_fragment(request):
        context = {"card": _card(book, proposal, problem=problem)}
        return vary_on_htmx(render(request, "claude_ai/_proposal.html", context, status=422 if problem else 200))
    return redirect(proposal.conversation)


proposal_confirm = require_POST(partial(_decide, "confirm"))
proposal_refuse = require_POST(partial(_decide, "refuse"))
proposal_undo = require_POST(partial(_decide, "undo"))


@require_POST
def conversation_rename(request: HttpRequest, pk: int) -> HttpResponse:
    conversation = get_object_or_404(Conversation.objects.of(request.user), pk=pk)
    if title := request.POST.get("title", "").replace("\x00", "").strip()[:200]:
        conversation.title = title
        conversation.save(update_fields=["title"])
    return redirect(conversation)


@require_POST
def conversation_delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Conversation.objects.of(request.user), pk=pk).delete()
    return redirect("assistant")
