"""What of an answer is believed: references that exist, dates and numbers that they hold."""

import pytest
from django.utils import translation

from claude_ai.dossier import for_claude, read
from claude_ai.grounding import Ground
from claude_ai.tests.people import NOW, helene_of
from contacts.book import Book
from contacts.models import Contact, FollowUp, Interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def helene(alice, time_machine):
    time_machine.move_to(NOW, tick=False)
    with translation.override("en"):
        yield helene_of(alice)


@pytest.fixture
def check(helene):
    """How a sentence fares that stands on Hélène, her lunch, or her quote."""
    dossier = for_claude(read(Book(helene.owner), Contact.objects.get(pk=helene.pk)))
    ground = Ground(dossier.today, dossier.records)
    refs = {
        "helene": f"c{helene.pk}",
        "lunch": f"i{Interaction.objects.get(title='Lunch').pk}",
        "quote": f"f{FollowUp.objects.get(title='Send the quote').pk}",
    }
    return lambda text, *names: ground.check(text, [refs.get(name, name) for name in names])


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The budget is 12 000 €.", "lunch"),
        ("The budget is 12,000 euros.", "lunch"),
        ("Le budget est de 12\u202f000 €.", "lunch"),
        ("You had lunch on 3 November.", "lunch"),
        ("You had lunch on November 3rd, 2026.", "lunch"),
        ("Vous avez déjeuné le 3 novembre 2026.", "lunch"),
        ("Vous avez déjeuné le 03/11/2026, il y a 20 jours.", "lunch"),
        ("The quote was due on 2026-11-20, 3 days ago.", "quote"),
        ("She turns 42 on 2 December; she is 41.", "helene"),
        ("You met in 2021.", "helene"),
        ("Rencontrée en mai 2021.", "helene"),
        ("You met on 12 May 2021, 5 years ago.", "helene"),
        ("Today, 23 November, nothing else is pending.", "quote"),
        ("She prefers the phone.", "helene"),
    ],
)
def test_what_a_source_holds_is_believed(check, text, source):
    assert check(text, source).is_verified


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The budget is 15 000 €.", "lunch"),
        ("The budget is 12 000 €.", "quote"),
        ("You had lunch on 4 November.", "lunch"),
        ("You had lunch on 3 November 2025.", "lunch"),
        ("Vous avez déjeuné le 3 décembre.", "lunch"),
        ("The quote was due on 2026-11-21.", "quote"),
        ("She has 3 children.", "quote-that-is-not"),
        ("She was born on 2 December 1985.", "helene"),
        ("She closed 87% of it.", "lunch"),
    ],
)
def test_a_date_or_number_that_is_not_in_the_source_is_not(check, text, source):
    assert not check(text, source).is_verified


def test_an_invented_reference_is_dropped_and_said(check):
    checked = check("She prefers the phone.", "helene", "i999999", "c0", "helene")
    assert not checked.is_verified
    assert len(checked.refs) == 1


def test_a_fact_without_any_source_is_left_out(check):
    assert check("She prefers the phone.") is None
    assert check("  ", "helene") is None
