"""One contact: what the page shows, and what is done on it."""

import datetime as dt
import re
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from contacts.models import Contact, FollowUp, Interaction, Relationship
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
)

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=PARIS)
HX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def _travel(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def helene(alice):
    return ContactFactory(
        owner=alice,
        first_name="Hélène",
        last_name="Martin",
        job_title="Director",
        organization=OrganizationFactory(owner=alice, name="Nordlys"),
    )


@pytest.fixture
def read(as_alice, helene):
    """The text of Hélène's page, or of the part of it with this id."""

    def read(part="main"):
        html = as_alice.get(helene.get_absolute_url()).text
        found = re.search(rf'<(\w+)[^>]*id="{part}".*?</\1>', html, re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found.group())).split())

    return read


def test_the_page_says_who_this_is_and_how_you_met(read, alice, helene):
    helene.how_met = "At the design fair"
    helene.met_on = dt.date(2021, 5, 12)
    helene.met_through = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    helene.notes = "Prefers the phone."
    helene.save()
    helene.tags.add(TagFactory(owner=alice, name="Clients"))
    page = read()
    assert "Hélène Martin Director, Nordlys Clients" in page
    assert "How you met At the design fair May 12, 2021 through Paul Roux" in page
    assert "Notes Prefers the phone." in page


def test_contact_details_can_be_pressed_and_copied(as_alice, helene):
    ContactMethodFactory(contact=helene, value="helene@example.com")
    ContactMethodFactory(contact=helene, kind="phone", value="06 39 98 12 34")
    ContactMethodFactory(contact=helene, kind="url", value="javascript:alert(1)")
    page = as_alice.get(helene.get_absolute_url()).text
    assert 'href="mailto:helene@example.com"' in page
    assert 'href="tel:+33639981234"' in page
    assert 'data-copy="06 39 98 12 34"' in page
    assert 'href="javascript' not in page


def test_an_age_is_shown_only_when_the_year_is_known(read, helene):
    helene.birthday_day, helene.birthday_month, helene.birthday_year = 2, 12, 1984
    helene.save()
    assert "Birthday Dec. 2, 1984 · 41 years old in 9 days" in read()
    helene.birthday_year = None
    helene.save()
    assert "Birthday December 2 in 9 days" in read()


def test_nobody_who_died_is_counted_down_to_a_birthday(read, helene):
    helene.birthday_day, helene.birthday_month, helene.birthday_year = 2, 12, 1984
    helene.deceased_on = dt.date(2020, 1, 10)
    helene.cadence_days = 10
    helene.save()
    page = read()
    assert "deceased Jan. 10, 2020" in page
    assert "35 years old" in page
    assert "in 9 days" not in page
    assert "late" not in page


def test_dates_and_relationships_are_seen_from_this_side(read, alice, helene):
    ImportantDateFactory(contact=helene, label="wedding")
    son = ContactFactory(owner=alice, first_name="Jules")
    RelationshipFactory(from_contact=son, to_contact=helene, kind="parent")
    page = read()
    assert "Wedding June 14, 2015 · 11 years" in page
    assert f"{son} child" in page


def test_the_timeline_has_what_is_planned_then_the_latest_first(read, helene):
    InteractionFactory.with_contact(helene, title="Old lunch", occurred_at=NOW - dt.timedelta(days=30))
    InteractionFactory.with_contact(helene, title="Call", kind="call", body="About March", occurred_at=NOW)
    InteractionFactory.with_contact(helene, title="Review", occurred_at=NOW + dt.timedelta(days=2))
    timeline = read("timeline")
    assert re.search(r"planned Review .* Call About March .* Old lunch", timeline)


def test_a_long_timeline_goes_on_where_it_stopped(as_alice, helene):
    for days in range(45):
        InteractionFactory.with_contact(helene, title=f"Talk {days:02}", occurred_at=NOW - dt.timedelta(days=days // 2))
    seen, address = [], helene.get_absolute_url()
    while address:
        html = as_alice.get(address, headers=HX if seen else {}).text
        seen += re.findall(r"Talk (\d\d)", html)
        more = re.search(r'href="([^"]*\?before=\d+)"', html)
        address = more and more.group(1)
    assert len(seen) == len(set(seen)) == 45
    page = as_alice.get(f"{helene.get_absolute_url()}?before={Interaction.objects.get(title='Talk 20').pk}")
    assert "Timeline of Hélène Martin" in page.text
    assert "<html" in page.text


@pytest.mark.parametrize("before", ["", "x", "-1", "999999999999999999999999", "²"])
def test_an_address_that_begins_nowhere_begins_at_the_top(as_alice, helene, before):
    InteractionFactory.with_contact(helene, title="Lunch")
    assert "Lunch" in as_alice.get(helene.get_absolute_url(), {"before": before}).text


def test_nobody_is_at_an_address_of_somebody_else_or_of_no_row(as_alice, as_charlie, helene):
    assert as_alice.get(helene.get_absolute_url()).status_code == 200
    assert as_charlie.get(helene.get_absolute_url()).status_code == 404
    for number in (2**63 - 1, 2**63, 10**30):
        assert as_alice.get(f"/contacts/{number}/").status_code == 404


def test_people_and_promises_are_those_of_their_talk(read, alice, helene):
    for days, name in ((1, "Ines"), (2, "Omar")):
        other = ContactFactory(owner=alice, first_name=name, last_name="")
        talk = InteractionFactory.with_contact(helene, title="Talk", occurred_at=NOW - dt.timedelta(days=days))
        talk.contacts.add(other)
        FollowUpFactory(contact=helene, interaction=talk, title=f"Write to {name}")
    timeline = read("timeline")
    assert re.search(r"with Ines .*Write to Ines .*with Omar .*Write to Omar", timeline)
    assert timeline.count("Ines") == timeline.count("Omar") == 2
    assert "Hélène" not in timeline


def test_what_is_noted_is_shown_not_obeyed(as_alice, helene):
    InteractionFactory.with_contact(helene, title="<b>x</b>", body="<script>alert(1)</script>")
    helene.notes = '"><img src=x onerror=alert(1)>'
    helene.save()
    page = as_alice.get(helene.get_absolute_url()).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert" in page


# --- Logging an interaction -------------------------------------------------------------------

LUNCH = {
    "log-kind": "meeting",
    "log-occurred_at": "2026-11-22T12:30",
    "log-title": "Lunch",
    "log-body": "She signs in March.",
}


def log(client, contact, **changes):
    data = LUNCH | {f"log-{name}": value for name, value in changes.items()}
    return client.post(f"{contact.get_absolute_url()}interactions/", data, headers=HX)


def test_an_interaction_is_logged_in_place(as_alice, alice, helene):
    response = log(as_alice, helene)
    assert response.status_code == 200
    assert response.text.strip().startswith('<div class="stack" id="activity"')
    assert "She signs in March." in response.text
    assert "Last contact Nov. 22, 2026 (yesterday)" in response.text
    assert "Logged." in response.text
    interaction = Interaction.objects.get()
    assert (interaction.owner, interaction.contacts.get()) == (alice, helene)
    assert interaction.occurred_at == dt.datetime(2026, 11, 22, 12, 30, tzinfo=PARIS)


def test_an_interaction_is_logged_without_javascript(as_alice, helene):
    response = as_alice.post(f"{helene.get_absolute_url()}interactions/", LUNCH, follow=True)
    assert "She signs in March." in response.text
    assert "<html" in response.text


def test_a_promise_is_noted_on_the_way(as_alice, helene):
    log(as_alice, helene, promise="Send the quote", promise_due_on="2026-11-30", promise_owed_by="me")
    follow_up = FollowUp.objects.get()
    assert (follow_up.title, follow_up.due_on, follow_up.contact) == ("Send the quote", dt.date(2026, 11, 30), helene)
    assert follow_up.interaction == Interaction.objects.get()


def test_a_date_ahead_plans_a_meeting(as_alice, helene):
    response = log(as_alice, helene, occurred_at="2026-12-01T10:00")
    assert "Planned." in response.text
    helene.refresh_from_db()
    assert helene.last_interaction_at is None
    assert helene.next_interaction_at == dt.datetime(2026, 12, 1, 10, tzinfo=PARIS)


def test_a_note_does_not_count_as_contact(as_alice, helene):
    log(as_alice, helene, kind="note")
    helene.refresh_from_db()
    assert helene.last_interaction_at is None


def test_others_who_were_there_are_named(as_alice, alice, helene):
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    log(as_alice, helene, others=["paul roux", ""])
    assert set(Interaction.objects.get().contacts.all()) == {helene, paul}


def test_two_of_one_name_are_told_apart_by_their_number(as_alice, alice, helene):
    first, second = (ContactFactory(owner=alice, first_name="Paul", last_name="Roux") for _ in range(2))
    response = log(as_alice, helene, others=["Paul Roux"])
    assert response.status_code == 422
    assert f"Paul Roux #{first.pk}; Paul Roux #{second.pk}" in unescape(response.text)
    log(as_alice, helene, others=[f"Paul Roux #{second.pk}"])
    assert second in Interaction.objects.get().contacts.all()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"occurred_at": "soon"}, "Enter a valid date/time."),
        ({"occurred_at": ""}, "This field is required."),
        ({"kind": "telepathy"}, "Select a valid choice."),
        ({"others": ["Nobody At All"]}, "Nobody in your book is called “Nobody At All”."),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"promise": "Quote", "promise_due_on": "32/13/2026"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_logged_is_said_and_what_was_typed_stays(as_alice, helene, changes, complaint):
    response = log(as_alice, helene, **changes)
    assert response.status_code == 422
    assert complaint in unescape(response.text)
    assert "She signs in March." in response.text
    assert re.search(r"<details[^>]*open>\s*<summary[^>]*>.*Log an interaction", response.text, re.DOTALL)
    assert not Interaction.objects.exists()
    assert not FollowUp.objects.exists()


def test_nobody_else_can_be_named_as_having_been_there(as_alice, helene, charlie):
    stranger = ContactFactory(owner=charlie, first_name="Secret", last_name="Friend")
    for name in ("Secret Friend", f"#{stranger.pk}"):
        assert log(as_alice, helene, others=[name]).status_code == 422
    assert not Interaction.objects.exists()


# --- Follow-ups -------------------------------------------------------------------------------


def test_a_follow_up_is_added_in_place(as_alice, helene):
    data = {"promise-title": "The photos", "promise-due_on": "2026-11-25", "promise-owed_by": "them"}
    response = as_alice.post(f"{helene.get_absolute_url()}follow-ups/", data, headers=HX)
    assert "The photos" in response.text
    assert "in 2 days" in response.text
    assert "owed to you" in response.text
    assert FollowUp.objects.get().contact == helene


def test_a_follow_up_needs_to_say_what(as_alice, helene):
    data = {"promise-title": " ", "promise-due_on": "2026-11-25", "promise-owed_by": "them"}
    response = as_alice.post(f"{helene.get_absolute_url()}follow-ups/", data, headers=HX)
    assert response.status_code == 422
    assert "This field is required." in response.text
    assert "2026-11-25" in response.text


def test_a_follow_up_is_done_and_undone_in_place(as_alice, helene):
    follow_up = FollowUpFactory(contact=helene, title="Send the quote")
    response = as_alice.post(f"/follow-ups/{follow_up.pk}/done/", headers=HX)
    assert "Undo" in response.text
    follow_up.refresh_from_db()
    assert follow_up.done_at == NOW
    response = as_alice.post(f"/follow-ups/{follow_up.pk}/reopen/", headers=HX)
    assert "Mark as done" in response.text
    follow_up.refresh_from_db()
    assert not follow_up.is_done


def test_a_row_of_the_dashboard_comes_back_with_its_contact(as_alice, helene):
    follow_up = FollowUpFactory(contact=helene)
    for step in ("done", "reopen"):
        response = as_alice.post(f"/follow-ups/{follow_up.pk}/{step}/", {"with_contact": "on"}, headers=HX)
        assert "Hélène Martin" in response.text
        assert 'name="with_contact"' in response.text
    assert as_alice.post(f"/follow-ups/{follow_up.pk}/done/", {"with_contact": "on"}).url == "/"


def test_a_follow_up_is_corrected_and_deleted_on_its_page(as_alice, helene):
    follow_up = FollowUpFactory(contact=helene, title="Send the qote")
    address = follow_up.get_absolute_url()
    assert "Send the qote" in as_alice.get(address).text
    as_alice.post(address, {"title": "Send the quote", "due_on": "", "owed_by": "me"})
    follow_up.refresh_from_db()
    assert follow_up.title == "Send the quote"
    refused = as_alice.post(address, {"title": "", "due_on": "soon", "owed_by": "me"})
    assert refused.status_code == 422
    assert 'value="soon"' in refused.text
    assert "<h1>Send the quote</h1>" in refused.text
    assert as_alice.post(f"{address}delete/").url == helene.get_absolute_url()
    assert not FollowUp.objects.exists()


# --- Interactions of their own page -----------------------------------------------------------


def test_an_interaction_is_corrected_on_its_page(as_alice, alice, helene):
    interaction = InteractionFactory.with_contact(helene, title="Lunch", body="")
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    address = interaction.get_absolute_url()
    assert 'value="Hélène Martin, Nordlys"' in unescape(as_alice.get(address).text)
    data = {
        "kind": "call",
        "occurred_at": "2026-11-20T18:00",
        "title": "Call",
        "body": "Said yes",
        "people": ["Hélène Martin, Nordlys", "Paul Roux"],
        "counts_as_contact": "on",
    }
    assert f"#interaction-{interaction.pk}" in as_alice.post(address, data).url
    interaction.refresh_from_db()
    assert (interaction.kind, interaction.body) == ("call", "Said yes")
    assert set(interaction.contacts.all()) == {helene, paul}


def test_an_interaction_is_always_with_somebody(as_alice, helene):
    interaction = InteractionFactory.with_contact(helene, title="Lunch")
    data = {"kind": "call", "occurred_at": "2026-11-20T18:00", "title": "New title", "people": [""]}
    response = as_alice.post(interaction.get_absolute_url(), data)
    assert response.status_code == 422
    assert "Say with whom." in response.text
    assert 'value="New title"' in response.text
    assert interaction.contacts.get() == helene


def test_deleting_an_interaction_asks_first_and_keeps_what_was_promised(as_alice, helene):
    interaction = InteractionFactory.with_contact(helene, title="Lunch")
    promise = FollowUpFactory(contact=helene, interaction=interaction)
    address = f"{interaction.get_absolute_url()}delete/"
    assert "Delete “Lunch”?" in as_alice.get(address).text
    assert as_alice.post(address).url == helene.get_absolute_url()
    assert not Interaction.objects.exists()
    promise.refresh_from_db()
    assert promise.interaction is None


# --- Relationships ----------------------------------------------------------------------------


def relate(client, contact, to, kind="friend"):
    return client.post(f"{contact.get_absolute_url()}relationships/", {"tie-to_contact": to, "tie-kind": kind})


def test_a_relationship_is_said_and_taken_back(as_alice, alice, helene):
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    assert relate(as_alice, helene, "Paul Roux", "manager").status_code == 302
    tie = Relationship.objects.get()
    assert tie.seen_from(paul) == (helene, "report")
    back = as_alice.post(f"/relationships/{tie.pk}/delete/", {"seen_from": paul.pk})
    assert back.url == paul.get_absolute_url()
    assert not Relationship.objects.exists()


def test_nobody_is_related_to_themselves_or_twice(as_alice, alice, helene):
    ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    assert "between two people" in relate(as_alice, helene, "Hélène Martin").text
    relate(as_alice, helene, "Paul Roux")
    again = relate(as_alice, helene, "Paul Roux")
    assert again.status_code == 422
    assert "already there" in again.text


# --- Favourite, archive, delete ---------------------------------------------------------------


def test_a_favorite_is_chosen_and_dropped_in_place(as_alice, helene):
    address = f"{helene.get_absolute_url()}favorite/"
    assert 'aria-pressed="true"' in as_alice.post(address, {"on": "1"}, headers=HX).text
    assert Contact.objects.get(pk=helene.pk).is_favorite
    assert 'aria-pressed="false"' in as_alice.post(address, headers=HX).text


def test_whoever_is_archived_can_be_taken_out_again(as_alice, helene):
    address = f"{helene.get_absolute_url()}archive/"
    page = as_alice.post(address, {"on": "1"}, follow=True).text
    assert "Hélène Martin is archived." in page
    assert "Take out of the archive" in page
    as_alice.post(address)
    assert not Contact.objects.get(pk=helene.pk).is_archived


def test_deleting_names_what_goes_and_what_stays(as_alice, alice, helene):
    paul = ContactFactory(owner=alice)
    InteractionFactory.with_contact(helene)
    InteractionFactory.with_contact(helene)
    together = InteractionFactory(owner=alice, contacts=[helene, paul])
    FollowUpFactory(contact=helene)
    ContactMethodFactory(contact=helene)
    RelationshipFactory(from_contact=paul, to_contact=helene)
    page = as_alice.get(f"{helene.get_absolute_url()}delete/").text
    for line in (
        "2 interactions that were with nobody else",
        "1 follow-up<",
        "1 contact detail<",
        "1 relationship<",
        "1 interaction with others too stays with them.",
    ):
        assert line in page
    assert "0 " not in re.search(r'id="belongings".*?</ul>', page, re.DOTALL).group()
    assert as_alice.post(f"{helene.get_absolute_url()}delete/").url == "/contacts/"
    assert list(Interaction.objects.all()) == [together]
    assert list(Contact.objects.all()) == [paul]


def test_two_who_are_deleted_together_leave_nothing_said_between_them(alice, helene):
    paul, anna = ContactFactory(owner=alice), ContactFactory(owner=alice)
    InteractionFactory(owner=alice, contacts=[helene, paul])
    kept = InteractionFactory(owner=alice, contacts=[helene, paul, anna])
    Contact.objects.filter(pk__in=[helene.pk, paul.pk]).delete()
    assert list(Interaction.objects.all()) == [kept]


# --- Offers while one types -------------------------------------------------------------------


def test_names_are_offered_while_one_types(as_alice, alice, helene, charlie):
    ContactFactory(owner=charlie, first_name="Hélène", last_name="Secret")
    offers = as_alice.get("/contacts/people/", {"field": "tie-to_contact", "tie-to_contact": "hele"}).text
    assert unescape(offers).strip() == '<option value="Hélène Martin, Nordlys"></option>'
    assert as_alice.get("/contacts/people/", {"field": "x"}).text.strip() == ""


def test_offers_of_one_name_carry_their_numbers(as_alice, alice):
    twins = [ContactFactory(owner=alice, first_name="Paul", last_name="Roux") for _ in range(2)]
    offers = as_alice.get("/contacts/people/", {"field": "others", "others": "roux"}).text
    assert all(f'"Paul Roux #{twin.pk}"' in offers for twin in twins)


# --- Cost -------------------------------------------------------------------------------------


def test_more_rows_take_no_more_queries(as_alice, alice, helene, django_assert_num_queries):
    for rows in (10, 20):
        _fill(alice, helene, rows)
        as_alice.get("/")  # settles what the database's own clock does not know
        with django_assert_num_queries(QUERIES):
            as_alice.get(helene.get_absolute_url())


# Session, user, settling; the contact with its employer; planned and past interactions, with their
# people and promises; follow-ups; methods, dates, relationships, tags.
QUERIES = 13


def _fill(alice, helene, rows):
    for number in range(rows):
        other = ContactFactory(owner=alice, first_name="", last_name="", organization=OrganizationFactory(owner=alice))
        for days in (-number - 1, number + 1):
            talk = InteractionFactory(
                owner=alice, contacts=[helene, other], occurred_at=NOW + dt.timedelta(days=days), title="Talk"
            )
            FollowUpFactory(contact=helene, interaction=talk)
        FollowUpFactory(contact=helene, done_at=NOW)
        ContactMethodFactory(contact=helene)
        ImportantDateFactory(contact=helene)
        RelationshipFactory(from_contact=helene, to_contact=other)
        helene.tags.add(TagFactory(owner=alice))
