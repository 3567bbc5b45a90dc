"""What one does about a suggestion, and takes back; what is written to whom; what is wished for in the settings."""

import datetime as dt
import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from contacts.book import Book
from contacts.models import Contact, Dismissal, FollowUp, Interaction, Profile, SuggestionType
from contacts.settling import settle
from contacts.suggestions import candidates, whole
from contacts.suggestions.acting import Undo
from contacts.suggestions.drafts import drafts, mailto
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
)
from contacts.tests.html_forms import form_data

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=PARIS)
TODAY = NOW.date()
ACTS = ["done", "log", "promise", "put-off", "dismiss"]


@pytest.fixture(autouse=True)
def _travel(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def helene(alice):
    return ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")


@pytest.fixture
def promise(helene):
    return FollowUpFactory(contact=helene, title="Send the quote", due_on=TODAY)


@pytest.fixture
def silence(alice):
    """Somebody who is to be seen again."""
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux", cadence_days=7)
    talk(paul, days_ago=20)
    return paul


def talk(contact, *, days_ago):
    when = NOW - dt.timedelta(days=days_ago)
    return InteractionFactory.with_contact(contact, kind="call", body="All is well", occurred_at=when)


def book_of(owner):
    """The book as a request would open it now."""
    book = Book(User.objects.get(pk=owner.pk))
    settle(book)
    return book


def found(owner):
    with translation.override("en"):
        return candidates(book_of(owner))


def ids(owner):
    return [one.id for one in found(owner)]


def id_about(person):
    return next(one.id for one in found(person.owner) if person in one.people)


def state(owner):
    """All that an act could touch, as it is in the database, and what is suggested."""
    suggested = ids(owner)
    rows = [
        list(model.objects.owned_by(owner).order_by("pk").values())
        for model in (Contact, FollowUp, Interaction, Dismissal)
    ]
    links = list(Interaction.contacts.through.objects.order_by("pk").values_list("interaction", "contact"))
    return suggested, rows, links


def act(browser, name, identity, *, headers=None, **data):
    extra = {"wish": "week"} if name == "put-off" else {}
    return browser.post(f"/suggestions/{name}/", {"id": identity} | extra | data, headers=headers)


def token_in(response):
    [token] = parse_qs(urlsplit(response.url).query)["undo"]
    return token


def undo(browser, token, **options):
    return browser.post("/suggestions/undo/", {"undo": token}, **options)


def said(browser, response):
    """What the next page tells."""
    assert response.status_code == 302
    page = browser.get(response.url).text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


# --- Each act -----------------------------------------------------------------------------------


def test_a_promise_that_is_kept_is_done(alice, as_alice, promise):
    response = act(as_alice, "done", ids(alice)[0])
    promise.refresh_from_db()
    assert promise.done_at == NOW
    assert found(alice) == []
    assert "Done: Send the quote" in said(as_alice, response)


def test_having_been_in_touch_is_noted_as_of_now(alice, as_alice, silence):
    response = act(as_alice, "log", ids(alice)[0])
    talk = Interaction.objects.get(occurred_at=NOW)
    assert list(talk.contacts.all()) == [silence]
    assert (talk.owner, talk.kind, talk.title) == (alice, "message", "Get back in touch with Paul Roux")
    assert found(alice) == []
    silence.refresh_from_db()
    assert silence.last_interaction_at == NOW
    assert "Noted: you were in touch with Paul Roux today." in said(as_alice, response)


def test_an_introduction_that_was_made_is_a_talk_with_both(alice, as_alice):
    people = [ContactFactory(owner=alice, city="Lyon") for _number in range(2)]
    for person in people:
        talk(person, days_ago=20)
    act(as_alice, "log", ids(alice)[0])
    made = Interaction.objects.get(occurred_at=NOW)
    assert set(made.contacts.all()) == set(people)


def test_a_suggestion_becomes_a_promise_within_a_week(alice, as_alice, silence, time_machine):
    response = act(as_alice, "promise", ids(alice)[0])
    promise = FollowUp.objects.get()
    assert (promise.contact, promise.title) == (silence, "Get back in touch with Paul Roux")
    assert (promise.due_on, promise.owed_by) == (TODAY + dt.timedelta(days=7), "me")
    assert found(alice) == []
    assert "It is among your follow-ups now: Get back in touch with Paul Roux" in said(as_alice, response)
    time_machine.move_to(NOW + dt.timedelta(days=7), tick=False)
    assert [one.follow_up for one in found(alice)] == [promise]


def test_of_a_coming_birthday_the_promise_is_for_that_day(alice, as_alice, helene):
    helene.birthday_day, helene.birthday_month = 1, 12
    helene.save()
    act(as_alice, "promise", ids(alice)[0])
    assert FollowUp.objects.get().due_on == dt.date(2026, 12, 1)
    assert found(alice) == []


def test_a_promise_can_be_put_in_ones_own_words(alice, as_alice, silence):
    act(as_alice, "promise", ids(alice)[0], title="  Invite Paul to lunch  ")
    assert FollowUp.objects.get().title == "Invite Paul to lunch"


def test_a_title_far_too_long_is_cut_and_an_empty_one_is_the_suggestions(alice, as_alice, silence, helene):
    act(as_alice, "promise", ids(alice)[0], title="x" * 1000)
    assert FollowUp.objects.get().title == "x" * 300
    helene.birthday_day, helene.birthday_month = 1, 12
    helene.save()
    act(as_alice, "promise", id_about(helene), title="   ")
    assert FollowUp.objects.get(contact=helene).title == "Wish Hélène Martin a happy birthday"


@pytest.mark.parametrize(
    ("data", "until"),
    [
        ({"wish": "week"}, dt.date(2026, 11, 30)),
        ({"wish": "month"}, dt.date(2026, 12, 23)),
        ({"wish": "date", "day": "2026-11-24"}, dt.date(2026, 11, 24)),
        ({"wish": "date", "day": "2027-03-28"}, dt.date(2027, 3, 28)),
    ],
)
def test_what_is_put_off_is_gone_until_its_day(alice, as_alice, silence, time_machine, data, until):
    [identity] = ids(alice)
    response = act(as_alice, "put-off", identity, **data)
    assert found(alice) == []
    assert f"Put off until {until:%B} {until.day}: Get back in touch with Paul Roux" in said(as_alice, response)
    morning = dt.datetime.combine(until, dt.time(9), tzinfo=PARIS)
    time_machine.move_to(morning - dt.timedelta(days=1), tick=False)
    assert found(alice) == []
    time_machine.move_to(morning, tick=False)
    assert ids(alice) == [identity]


@pytest.mark.parametrize(
    "data",
    [
        {"wish": "date"},
        {"wish": "date", "day": ""},
        {"wish": "date", "day": "2026-11-23"},
        {"wish": "date", "day": "2026-11-22"},
        {"wish": "date", "day": "1999-01-01"},
    ],
    ids=["no day", "empty", "today", "yesterday", "long ago"],
)
def test_nothing_is_put_off_to_a_day_that_is_not_ahead(alice, as_alice, silence, data):
    before = state(alice)
    response = act(as_alice, "put-off", ids(alice)[0], **data)
    assert "undo" not in response.url
    assert "Choose a day that is still ahead." in said(as_alice, response)
    assert state(alice) == before


@pytest.mark.parametrize("data", [{"wish": "date", "day": "soon"}, {"wish": "forever"}, {"wish": ""}])
def test_a_wish_that_makes_no_sense_changes_nothing(alice, as_alice, silence, data):
    before = state(alice)
    assert act(as_alice, "put-off", ids(alice)[0], **data).status_code == 302
    assert state(alice) == before


def test_what_is_dismissed_is_gone(alice, as_alice, silence, promise):
    identity = id_about(silence)
    response = act(as_alice, "dismiss", identity)
    assert ids(alice) == [f"follow_up:f{promise.pk}:2026-11-23"]
    dismissed = Dismissal.objects.get()
    assert (dismissed.contact, dismissed.identity, dismissed.until) == (silence, identity, None)
    assert "Dismissed: Get back in touch with Paul Roux" in said(as_alice, response)


def test_never_again_is_for_all_of_that_kind_and_that_person(alice, as_alice, helene, promise):
    FollowUpFactory(contact=helene, title="Call back", due_on=TODAY)
    helene.birthday_day, helene.birthday_month = 1, 12
    helene.save()
    assert len(found(alice)) == 3
    response = act(as_alice, "dismiss", f"follow_up:f{promise.pk}:2026-11-23", scope="never")
    assert [one.type for one in found(alice)] == ["anniversaire"]
    assert "Never again for Hélène Martin: follow-ups" in said(as_alice, response)


def test_several_that_are_one_on_the_page_are_put_off_together(alice, as_alice, helene, promise, silence):
    FollowUpFactory(contact=helene, title="Call back", due_on=TODAY)
    both = [one.id for one in found(alice) if one.contact == helene]
    response = act(as_alice, "put-off", both)
    assert ids(alice) == [id_about(silence)]
    undo(as_alice, token_in(response))
    assert {*both} < {*ids(alice)}


# --- As a page and as a fragment ----------------------------------------------------------------


@pytest.mark.parametrize("name", ACTS)
def test_without_htmx_the_dashboard_comes_again_with_the_way_back(alice, as_alice, promise, name):
    [identity] = ids(alice)
    response = act(as_alice, name, identity)
    assert response.status_code == 302
    assert re.fullmatch(r"/\?undo=[^#&]+#suggestions", response.url)
    assert identity not in ids(alice)
    assert as_alice.get(response.url).status_code == 200


@pytest.mark.parametrize("name", ACTS)
def test_with_htmx_the_day_comes_again_and_nothing_around_it(alice, client_of, promise, name):
    browser = client_of(alice)
    [identity] = ids(alice)
    response = act(browser, name, identity, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert 'id="day"' in response.text
    assert "<html" not in response.text
    assert "HX-Request" in response.headers["Vary"]
    assert identity not in ids(alice)


def test_the_fragment_shows_the_day_as_it_is_after_the_act(alice, as_alice, promise):
    page = as_alice.get("/").text
    assert f'action="/follow-ups/{promise.pk}/done/"' in page
    response = as_alice.post("/suggestions/done/", {"id": ids(alice)[0]}, headers={"HX-Request": "true"})
    assert (
        "Send the quote"
        not in re.search(r'<ul class="list" id="follow-ups">.*?</ul>', response.text, re.DOTALL).group()
    )


@pytest.mark.parametrize("name", ACTS)
def test_what_is_gone_by_now_is_said_to_be_gone(alice, as_alice, promise, name):
    [identity] = ids(alice)
    promise.mark_done()
    before = state(alice)
    response = act(as_alice, name, identity)
    assert response.url == "/#suggestions"
    assert "This suggestion is no longer there." in said(as_alice, response)
    assert state(alice) == before


@pytest.mark.parametrize("name", ACTS)
def test_a_second_press_does_nothing_more(alice, as_alice, promise, name):
    [identity] = ids(alice)
    act(as_alice, name, identity)
    before = state(alice)
    assert "This suggestion is no longer there." in said(as_alice, act(as_alice, name, identity))
    assert state(alice) == before


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("identity", ["", "nonsense", "follow_up:f0:x", "\x00", "é" * 5000])
def test_an_id_of_nothing_is_no_error(alice, as_alice, promise, name, identity):
    before = state(alice)
    assert "This suggestion is no longer there." in said(as_alice, act(as_alice, name, identity))
    assert state(alice) == before


def test_what_was_typed_as_a_title_is_shown_not_obeyed(alice, as_alice, silence):
    act(as_alice, "promise", ids(alice)[0], title="Call <b>Paul</b> & co")
    page = as_alice.get("/").text
    assert "Call &lt;b&gt;Paul&lt;/b&gt; &amp; co" in page
    assert "<b>Paul" not in page


def test_a_title_that_no_database_holds_is_no_error(alice, as_alice, silence):
    assert act(as_alice, "promise", ids(alice)[0], title="Call\x00Paul").status_code == 302


@pytest.mark.parametrize("name", [*ACTS, "undo", "dismissed/1/restore"])
def test_nothing_is_done_by_looking(as_alice, name):
    assert as_alice.get(f"/suggestions/{name}/").status_code == 405


@pytest.mark.parametrize("name", [*ACTS, "undo", "dismissed/1/restore"])
def test_nothing_is_done_without_signing_in_or_from_elsewhere(alice, promise, name):
    data = {"id": ids(alice)[0], "wish": "week"}
    before = state(alice)
    visitor = Client(headers={"host": "localhost"})
    assert visitor.post(f"/suggestions/{name}/", data).url.startswith("/login/")
    elsewhere = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    elsewhere.force_login(alice)
    assert elsewhere.post(f"/suggestions/{name}/", data).status_code == 403
    assert state(alice) == before


@pytest.mark.parametrize("name", ACTS)
def test_the_suggestions_of_another_cannot_be_acted_upon_nor_read(alice, as_charlie, charlie, promise, name):
    [identity] = ids(alice)
    before = state(alice)
    response = act(as_charlie, name, identity)
    assert response.url == act(as_charlie, name, "nonsense").url == "/#suggestions"
    page = said(as_charlie, response)
    assert "This suggestion is no longer there." in page
    assert "Send the quote" not in page
    assert "Hélène" not in page
    fragment = as_charlie.post(f"/suggestions/{name}/", {"id": identity}, headers={"HX-Request": "true"})
    assert "Send the quote" not in fragment.text
    assert "Hélène" not in fragment.text
    assert state(alice) == before


# --- The way back -------------------------------------------------------------------------------

UNDONE = [("done", {}), ("log", {}), ("promise", {}), ("put-off", {}), ("dismiss", {}), ("dismiss", {"scope": "never"})]


@pytest.mark.parametrize(("name", "data"), UNDONE)
def test_undone_everything_is_as_it_was(alice, as_alice, promise, silence, name, data):
    before = state(alice)
    response = act(as_alice, name, id_about(promise.contact), **data)
    assert state(alice) != before
    assert "Undone." in said(as_alice, undo(as_alice, token_in(response)))
    assert state(alice) == before


@pytest.mark.parametrize(("name", "data"), [one for one in UNDONE if one[0] != "done"])
def test_undone_a_silence_is_as_long_as_it_was(alice, as_alice, silence, name, data):
    before = state(alice)
    response = act(as_alice, name, ids(alice)[0], **data)
    assert found(alice) == []
    undo(as_alice, token_in(response))
    assert state(alice) == before


def test_one_act_is_undone_and_not_those_before_it(alice, as_alice, promise, silence):
    first = act(as_alice, "dismiss", id_about(silence))
    between = state(alice)
    second = act(as_alice, "done", id_about(promise.contact))
    undo(as_alice, token_in(second))
    assert state(alice) == between
    undo(as_alice, token_in(first))
    assert len(ids(alice)) == 2


def test_undone_twice_is_undone_once(alice, as_alice, silence):
    before = state(alice)
    token = token_in(act(as_alice, "log", ids(alice)[0]))
    undo(as_alice, token)
    assert undo(as_alice, token).status_code == 302
    assert state(alice) == before


def test_undoing_answers_htmx_with_the_day(alice, as_alice, promise):
    token = token_in(act(as_alice, "done", ids(alice)[0]))
    response = undo(as_alice, token, headers={"HX-Request": "true"})
    assert 'id="day"' in response.text
    assert "<html" not in response.text
    assert f'action="/follow-ups/{promise.pk}/done/"' in response.text


@pytest.mark.parametrize("name", ["dismiss", "log", "promise", "put-off"])
def test_undone_what_one_had_put_off_before_is_suggested_again(alice, as_alice, silence, time_machine, name):
    act(as_alice, "put-off", ids(alice)[0])
    time_machine.move_to(NOW + dt.timedelta(days=7), tick=False)
    [identity] = ids(alice)
    undo(as_alice, token_in(act(as_alice, name, identity)))
    assert ids(alice) == [identity]


def test_what_is_gone_by_now_stays_gone_when_undone(alice, as_alice, silence):
    token = token_in(act(as_alice, "log", ids(alice)[0]))
    silence.delete()
    assert "Undone." in said(as_alice, undo(as_alice, token))
    assert Interaction.objects.count() == 0


@pytest.mark.parametrize("forge", [str.swapcase, lambda token: token[:-1], lambda token: "x" + token, lambda token: ""])
def test_a_forged_token_undoes_nothing(alice, as_alice, promise, forge):
    token = token_in(act(as_alice, "done", ids(alice)[0]))
    before = state(alice)
    assert "This can no longer be undone." in said(as_alice, undo(as_alice, forge(token)))
    assert state(alice) == before


@pytest.mark.parametrize("token", ["nonsense", "a:b:c", "\x00", "é", ":", "x" * 20_000])
def test_what_is_no_token_is_no_error(alice, as_alice, promise, token):
    assert "This can no longer be undone." in said(as_alice, undo(as_alice, token))
    assert as_alice.get("/", {"undo": token}).status_code == 200
    assert "This can no longer be undone." in said(as_alice, as_alice.post("/suggestions/undo/"))


def test_the_token_of_another_undoes_nothing(alice, as_alice, as_charlie, charlie):
    his = FollowUpFactory(contact=ContactFactory(owner=charlie), due_on=TODAY)
    token = token_in(act(as_charlie, "done", ids(charlie)[0]))
    before = state(charlie)
    assert "This can no longer be undone." in said(as_alice, undo(as_alice, token))
    assert state(charlie) == before
    undo(as_charlie, token)
    his.refresh_from_db()
    assert not his.is_done


def test_even_a_good_token_reaches_no_row_of_another(alice, charlie, as_alice, as_charlie):
    person = ContactFactory(owner=charlie, cadence_days=7)
    talk(person, days_ago=20)
    closed = FollowUpFactory(contact=person, done_at=NOW)
    act(as_charlie, "log", ids(charlie)[0])
    before = state(charlie)
    rows = (Dismissal.objects.owned_by(charlie), charlie.interactions.all())
    dismissals, interactions = (tuple(found.values_list("pk", flat=True)) for found in rows)
    forged = Undo(dismissals, (closed.pk,), interactions, (closed.pk,)).signed(book_of(alice))
    undo(as_alice, forged)
    assert state(charlie) == before


def test_the_way_back_is_open_for_a_day(alice, as_alice, promise, time_machine):
    token = token_in(act(as_alice, "done", ids(alice)[0]))
    before = state(alice)
    time_machine.move_to(NOW + dt.timedelta(hours=24, seconds=2), tick=False)
    assert "This can no longer be undone." in said(as_alice, undo(as_alice, token))
    promise.refresh_from_db()
    assert promise.is_done
    time_machine.move_to(NOW + dt.timedelta(hours=23, minutes=59), tick=False)
    assert "Undone." in said(as_alice, undo(as_alice, token))
    promise.refresh_from_db()
    assert not promise.is_done
    assert state(alice) != before


# --- The settings -------------------------------------------------------------------------------


@pytest.fixture
def silenced(alice, as_alice, silence):
    act(as_alice, "dismiss", ids(alice)[0], scope="never")
    return Dismissal.objects.get()


def test_never_again_is_listed_in_the_settings_and_taken_back_there(alice, as_alice, silence, silenced):
    address = f"/suggestions/dismissed/{silenced.pk}/restore/"
    page = as_alice.get("/settings").text
    assert "Never suggested again" in page
    assert f'action="{address}"' in page
    response = as_alice.post(address)
    assert response.url == "/settings#suggestions-settings"
    assert "Suggested again: Paul Roux: keeping in touch" in said(as_alice, response)
    assert [one.contact for one in found(alice)] == [silence]
    assert "Never suggested again" not in as_alice.get("/settings").text


def test_what_was_only_put_off_is_not_listed_nor_taken_back_there(alice, as_alice, silence):
    act(as_alice, "dismiss", ids(alice)[0])
    once = Dismissal.objects.get()
    assert "Never suggested again" not in as_alice.get("/settings").text
    assert as_alice.post(f"/suggestions/dismissed/{once.pk}/restore/").status_code == 404
    assert Dismissal.objects.get() == once


def test_nobody_takes_back_or_reads_what_another_silenced(alice, as_charlie, silenced):
    assert "Paul Roux" not in as_charlie.get("/settings").text
    response = as_charlie.post(f"/suggestions/dismissed/{silenced.pk}/restore/")
    assert response.status_code == as_charlie.post("/suggestions/dismissed/0/restore/").status_code == 404
    assert "Paul Roux" not in response.text
    assert Dismissal.objects.get() == silenced
    assert found(alice) == []


def test_what_one_wishes_for_is_kept_and_holds_at_once(alice, as_alice, promise, silence):
    wishes = {"suggestion_types": ["relance", "networking"], "suggestions_shown": "3", "dates_ahead_days": "30"}
    response = as_alice.post("/settings", wishes)
    assert "Your settings are saved." in said(as_alice, response)
    profile = Profile.objects.get(user=alice)
    assert profile.suggestion_types == ["relance", "networking"]
    assert (profile.suggestions_shown, profile.dates_ahead_days) == (3, 30)
    assert (profile.language, profile.time_zone) == ("en", "Europe/Paris")
    assert [one.contact for one in found(alice)] == [silence]


def test_the_form_shows_what_holds_and_sent_back_changes_nothing(alice, as_alice):
    Profile.objects.update(suggestion_types=["anniversaire"], suggestions_shown=5, dates_ahead_days=0)
    before = Profile.objects.values().get(user=alice)
    fields = form_data(as_alice.get("/settings"), "suggestions-form")
    assert fields.getlist("suggestion_types") == ["anniversaire"]
    assert (fields["suggestions_shown"], fields["dates_ahead_days"]) == ("5", "0")
    assert as_alice.post("/settings", fields).status_code == 302
    assert Profile.objects.values().get(user=alice) == before


def test_every_kind_can_be_switched_off(alice, as_alice, promise):
    as_alice.post("/settings", {"suggestions_shown": "8", "dates_ahead_days": "14"})
    assert Profile.objects.get(user=alice).suggestion_types == []
    assert found(alice) == []


def test_language_and_suggestions_are_saved_each_by_itself(alice, as_alice):
    Profile.objects.filter(user=alice).update(suggestion_types=["relance"], suggestions_shown=2)
    as_alice.post("/settings", {"language": "en", "time_zone": "Asia/Tokyo"})
    profile = Profile.objects.get(user=alice)
    assert (profile.suggestion_types, profile.suggestions_shown) == (["relance"], 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"suggestions_shown": "9"},
        {"suggestions_shown": "-1"},
        {"suggestions_shown": "many"},
        {"dates_ahead_days": "61"},
        {"suggestion_types": ["relance", "nonsense"]},
    ],
)
def test_what_cannot_be_wished_for_is_refused_and_nothing_typed_is_lost(alice, as_alice, wrong):
    before = Profile.objects.values().get(user=alice)
    wishes = {"suggestion_types": ["relance"], "suggestions_shown": "3", "dates_ahead_days": "21"} | wrong
    response = as_alice.post("/settings", wishes)
    assert response.status_code == 422
    assert 'role="alert"' in response.text or "field-error" in response.text
    fields = form_data(response, "suggestions-form")
    assert fields["suggestions_shown"] == wishes["suggestions_shown"]
    assert fields["dates_ahead_days"] == wishes["dates_ahead_days"]
    assert fields.getlist("suggestion_types") == ["relance"]
    assert Profile.objects.values().get(user=alice) == before


def test_nobody_changes_the_wishes_of_another(alice, as_charlie):
    as_charlie.post("/settings", {"suggestions_shown": "1", "dates_ahead_days": "1", "user": alice.pk})
    profile = Profile.objects.get(user=alice)
    assert (profile.suggestions_shown, profile.suggestion_types) == (8, list(SuggestionType.values))


# --- A first message ----------------------------------------------------------------------------


def written(owner):
    """The drafts for all that is suggested, in an English page."""
    with translation.override("en"):
        book = book_of(owner)
        return drafts(book, candidates(book))


def the_draft(owner):
    [draft] = written(owner).values()
    return draft


def opened(draft):
    """What a mail program makes of it: the addresses and the headers."""
    link = urlsplit(draft.mailto)
    assert link.scheme == "mailto"
    assert (link.netloc, link.fragment) == ("", "")
    headers = parse_qs(link.query, strict_parsing=True)
    return [unquote(address) for address in link.path.split(",")], {name: value for name, [value] in headers.items()}


def test_a_message_is_addressed_and_signed(alice, helene, promise):
    alice.first_name = "Alice"
    alice.save()
    ContactMethodFactory(contact=helene, value="helene@example.com")
    draft = the_draft(alice)
    assert draft.subject == "Send the quote"
    assert draft.text == "Hello Hélène,\n\nAs promised: Send the quote.\n\nBest wishes,\nAlice"
    addresses, headers = opened(draft)
    assert addresses == ["helene@example.com"]
    assert headers == {"subject": draft.subject, "body": draft.text.replace("\n", "\r\n")}


def test_without_an_address_there_is_a_text_all_the_same(alice, helene, promise):
    ContactMethodFactory(contact=helene, kind="phone", value="06 39 98 00 01")
    ContactMethodFactory(contact=helene, kind="email", value="not an address")
    draft = the_draft(alice)
    assert draft.text
    assert draft.mailto == ""


def test_the_preferred_address_is_written_to(alice, helene, promise):
    for number in range(3):
        ContactMethodFactory(contact=helene, value=f"{number}@example.com", is_primary=number == 1)
    assert opened(the_draft(alice))[0] == ["1@example.com"]


@pytest.mark.parametrize(
    ("language", "greeting"),
    [("fr", "Bonjour"), ("fr-CA", "Bonjour"), ("FR", "Bonjour"), ("en", "Hello"), ("", "Hello"), ("ja", "Hello")],
)
def test_a_message_is_in_the_language_of_whoever_gets_it(alice, silence, language, greeting):
    silence.language = language
    silence.save()
    assert the_draft(alice).text.startswith(f"{greeting} Paul,\n")
    with translation.override("fr"):
        book = book_of(alice)
        [draft] = drafts(book, candidates(book)).values()
    assert draft.text.startswith("Hello" if language == "en" else "Bonjour")


def test_every_kind_has_its_own_words_in_both_languages(alice):
    one, other = (ContactFactory(owner=alice, city="Lyon") for _number in range(2))
    for person in (one, other):
        talk(person, days_ago=20)
    employer = OrganizationFactory(owner=alice)
    met, _asked = (ContactFactory(owner=alice, organization=employer) for _number in range(2))
    InteractionFactory.with_contact(met, occurred_at=NOW + dt.timedelta(days=3))
    quiet = ContactFactory(owner=alice, cadence_days=7)
    talk(quiet, days_ago=20)
    person = ContactFactory(owner=alice, birthday_day=24, birthday_month=11)
    ImportantDateFactory(contact=person, day=25, month=11)
    FollowUpFactory(contact=person, due_on=TODAY)
    FollowUpFactory(contact=person, due_on=TODAY, owed_by="them")
    english = [draft.text for draft in written(alice).values()]
    Contact.objects.update(language="fr")
    french = [draft.text for draft in written(alice).values()]
    assert len(set(english)) == len(set(french)) == 7
    assert all(text.startswith("Hello ") for text in english)
    assert all(text.startswith("Bonjour ") for text in french)
    assert not [text for text in (*english, *french) if "%" in text]


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com\nBcc: eve@example.com",
        "a@example.com\r\nBcc: eve@example.com",
        "a@example.com?bcc=eve@example.com",
        "a@example.com&bcc=eve@example.com",
        "a@example.com?subject=Hi&body=Send%20money",
        "a@example.com#",
        "a@example.com,eve@example.com",
        "a%0Abcc@example.com",
    ],
)
def test_no_address_adds_a_header_or_somebody_else(alice, helene, promise, address):
    ContactMethodFactory(contact=helene, value=address)
    draft = the_draft(alice)
    addresses, headers = opened(draft)
    assert addresses == [address]
    assert set(headers) == {"subject", "body"}
    assert headers["subject"] == "Send the quote"
    assert not re.search(r"\s", draft.mailto)


def test_no_title_or_name_adds_a_header(alice, helene, promise):
    promise.title = "Quote & co? 100% = ok #1 + «é»"
    promise.save()
    helene.first_name = "H&bcc=eve@example.com"
    helene.save()
    ContactMethodFactory(contact=helene, value="helene@example.com")
    draft = the_draft(alice)
    _addresses, headers = opened(draft)
    assert headers == {"subject": promise.title, "body": draft.text.replace("\n", "\r\n")}
    assert "H&bcc=eve@example.com" in draft.text
    assert draft.mailto.isascii()
    assert "+" not in draft.mailto


def test_a_mail_link_is_written_as_rfc_6068_says():
    link = mailto(["gorby%kremvax@example.com", "b@example.com"], "café & co", "One\nTwo + 2")
    assert link == (
        "mailto:gorby%25kremvax@example.com,b@example.com?subject=caf%C3%A9%20%26%20co&body=One%0D%0ATwo%20%2B%202"
    )


def test_for_a_meeting_that_is_only_to_be_written_down_there_is_no_message(alice, helene):
    ContactMethodFactory(contact=helene)
    InteractionFactory.with_contact(helene, occurred_at=NOW - dt.timedelta(days=1))
    assert len(found(alice)) == 1
    assert written(alice) == {}


def test_an_introduction_goes_to_both(alice):
    aline, bernard = (ContactFactory(owner=alice, first_name=name, city="Lyon") for name in ("Aline", "Bernard"))
    for person in (aline, bernard):
        talk(person, days_ago=20)
        ContactMethodFactory(contact=person, value=f"{person.first_name}@example.com")
    draft = the_draft(alice)
    assert draft.subject == "Aline / Bernard"
    assert "Hello Aline, hello Bernard," in draft.text
    assert "What you have in common: Lyon." in draft.text
    assert opened(draft)[0] == ["Aline@example.com", "Bernard@example.com"]


def test_a_question_before_a_meeting_goes_to_whoever_is_asked_alone(alice):
    acme = OrganizationFactory(owner=alice, name="Acme")
    met, asked = (ContactFactory(owner=alice, first_name=name, organization=acme) for name in ("Met", "Asked"))
    for person in (met, asked):
        ContactMethodFactory(contact=person, value=f"{person.first_name}@example.com")
    InteractionFactory.with_contact(met, occurred_at=NOW + dt.timedelta(days=3))
    draft = the_draft(alice)
    assert draft.subject == "A question about Acme"
    assert "I am soon meeting Met of Acme." in draft.text
    assert opened(draft)[0] == ["Asked@example.com"]


def test_somebody_without_a_first_name_is_called_by_what_there_is(alice, promise, helene):
    helene.first_name, helene.nickname = "", "Ln"
    helene.save()
    assert the_draft(alice).text.startswith("Hello Ln,")
    helene.nickname = ""
    helene.save()
    assert the_draft(alice).text.startswith("Hello Martin,")


def test_words_from_elsewhere_take_the_place_of_ours(alice, helene, promise):
    ContactMethodFactory(contact=helene, value="helene@example.com")
    with translation.override("en"):
        book = book_of(alice)
        suggestions = candidates(book)
        [draft] = drafts(book, suggestions, words={suggestions[0].id: "Dear Hélène,\nhere it is."}).values()
    assert draft.text == "Dear Hélène,\nhere it is."
    assert opened(draft)[1]["body"] == "Dear Hélène,\r\nhere it is."


def test_drafts_for_many_take_one_query(alice, django_assert_num_queries):
    for _number in range(10):
        FollowUpFactory(contact=ContactMethodFactory(contact=ContactFactory(owner=alice)).contact, due_on=TODAY)
    with translation.override("en"):
        book = book_of(alice)
        suggestions = whole(book, candidates(book))
        with django_assert_num_queries(1):
            made = drafts(book, suggestions)
    assert len({draft.mailto for draft in made.values()}) == 10
