"""The briefing by rules: true, in sentences, each from its records."""

import datetime as dt

import pytest
from django.utils import translation

from claude_ai import local
from claude_ai.dossier import read
from claude_ai.tests.people import DAY, NOW, helene_of
from contacts.book import Book
from contacts.models import Contact, FollowUp, Interaction
from contacts.tests.factories import ContactFactory, FollowUpFactory, InteractionFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _travel(time_machine):
    time_machine.move_to(NOW, tick=False)
    with translation.override("en"):
        yield


def briefing(contact):
    return local.briefing(read(Book(contact.owner), Contact.objects.get(pk=contact.pk)))


def texts(lines):
    return [line.text for line in lines]


def test_the_summary_says_who_how_you_met_when_you_last_spoke_and_what_comes(alice):
    assert briefing(helene_of(alice)).summary == (
        "Hélène Martin: Art director, Nordlys, Lyon. You met on May 12, 2021 through Paul Roux. "
        "Last contact on Nov. 3, 2026 (20 days ago); 1 interaction is noted in all. "
        "Next, on Nov. 24, 2026 at 2:30 p.m.: Review of the window."
    )


def test_key_points_quote_your_notes_and_the_latest_talks(alice):
    points = texts(briefing(helene_of(alice)).key_points)
    assert points == [
        "Your notes: “Prefers the phone. Two children, Jules and Rose.”",
        "How you met: “At the design fair, at the exhibitors' table.”",
        "Nov. 3, 2026, Lunch: “The shop window goes ahead. The budget is 12 000 € for the spring.”",
        "Coming: birthday, Dec. 2, 2026 (in 9 days), 42 years.",
        "Coming: First day at Nordlys, Jan. 5, 2027 (in 43 days), 12 years.",
        "Around Hélène Martin: Paul Roux (colleague).",
    ]


def test_pending_follow_ups_say_who_owes_what_and_since_when(alice):
    assert texts(briefing(helene_of(alice)).pending_follow_ups) == [
        "You promised: Send the quote, for Nov. 20, 2026 (3 days ago).",
        "Promised to you: The photos of the fair, for Nov. 30, 2026 (in 7 days).",
    ]


def test_suggestions_follow_from_the_records(alice):
    assert texts(briefing(helene_of(alice)).suggestions) == [
        "Keep this promise before you meet: Send the quote.",
        "Have a word ready for: birthday, in 9 days.",
    ]


def test_each_line_stands_on_records_that_can_be_opened(alice):
    helene = helene_of(alice)
    rows = read(Book(alice), helene)
    made = local.briefing(rows)
    lines = [*made.key_points, *made.pending_follow_ups, *made.suggestions]
    assert all(line.refs for line in lines)
    assert {ref for line in lines for ref in line.refs} | set(made.summary_refs) <= set(rows.sources)
    quote = FollowUp.objects.get(title="Send the quote")
    assert made.pending_follow_ups[0].refs == (f"f{quote.pk}",)


def test_of_somebody_new_it_says_that_nothing_is_known(alice):
    made = briefing(ContactFactory(owner=alice, first_name="Zoé", last_name=""))
    assert made.summary == "Zoé: what they do is not noted. No contact is noted yet."
    assert texts(made.key_points) == ["Nothing that Zoé told you is noted yet."]
    assert made.pending_follow_ups == ()
    assert texts(made.suggestions) == ["Nothing is planned: propose a date for the next time."]


def test_an_organization_alone_is_not_said_twice(alice):
    sorbonne = ContactFactory(
        owner=alice, first_name="", last_name="", organization=OrganizationFactory(owner=alice, name="Sorbonne")
    )
    assert briefing(sorbonne).summary.startswith("Sorbonne: what they do is not noted.")


def test_what_is_overdue_to_you_is_asked_for(alice):
    zoe = ContactFactory(owner=alice)
    FollowUpFactory(contact=zoe, title="The keys", due_on=NOW.date(), owed_by="them")
    assert "Ask where this is: The keys." in texts(briefing(zoe).suggestions)


def test_a_meeting_without_a_note_is_to_be_written_down(alice):
    zoe = ContactFactory(owner=alice)
    InteractionFactory.with_contact(zoe, title="Coffee", body="", occurred_at=NOW - DAY)
    assert "Write down what was said: Coffee, Nov. 22, 2026." in texts(briefing(zoe).suggestions)
    Interaction.objects.update(occurred_at=NOW - 30 * DAY)
    assert not any("Write down" in text for text in texts(briefing(zoe).suggestions))


def test_whoever_slips_away_is_called_back(alice):
    zoe = ContactFactory(owner=alice, cadence_days=10)
    InteractionFactory.with_contact(zoe, occurred_at=NOW - 15 * DAY)
    assert "Get back in touch: you are 5 days past the cadence that you chose." in texts(briefing(zoe).suggestions)


def test_of_the_dead_nothing_is_planned(alice):
    zoe = ContactFactory(
        owner=alice, deceased_on=dt.date(2026, 1, 2), cadence_days=10, birthday_day=24, birthday_month=11
    )
    made = briefing(zoe)
    assert "Died on Jan. 2, 2026." in made.summary
    assert made.suggestions == ()


def test_it_speaks_french(alice):
    with translation.override("fr"):
        made = briefing(helene_of(alice))
        assert "Vous avez promis" in made.pending_follow_ups[0].text
        assert "3 novembre 2026" in made.summary
        assert not any(word in made.summary for word in ("You ", "Last ", "Next"))
