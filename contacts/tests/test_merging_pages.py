"""Duplicates shown, set apart, compared, merged and taken apart again, as in a browser."""

import datetime as dt
import re
from html import unescape

import pytest
from django.utils import timezone

from contacts.book import Book
from contacts.duplicates import remembered
from contacts.models import Contact, ContactMethod, FollowUp, Merge, NotSame
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    FollowUpFactory,
    InteractionFactory,
    OrganizationFactory,
)
from contacts.tests.html_forms import form_data

PAGE = "/contacts/duplicates/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def pair(alice):
    helene = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin", city="Lyon", notes="Likes tea.")
    double = ContactFactory(owner=alice, first_name="Helene", last_name="MARTIN", job_title="Directrice", notes="Boat.")
    for contact in (helene, double):
        ContactMethodFactory(contact=contact, value="helene@example.com")
    return helene, double


def address(pair):
    return f"/contacts/{pair[0].pk}/merge/{pair[1].pk}/"


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


# --- The list ---------------------------------------------------------------------------------


def test_pairs_are_shown_with_score_and_reasons(as_alice, pair):
    page = text_of(as_alice.get(PAGE))
    assert "1 pair" in page
    for said in ("Hélène Martin", "Helene MARTIN", "97 %", "the same e-mail address: helene@example.com"):
        assert said in page
    assert address(pair) in as_alice.get(PAGE).text


def test_an_empty_list_says_so(as_alice):
    assert "Nobody seems to be here twice." in as_alice.get(PAGE).text


def test_the_contact_list_leads_to_it(as_alice):
    assert f'href="{PAGE}"' in as_alice.get("/contacts/").text


def test_what_is_said_not_to_be_the_same_stays_away(as_alice, pair):
    response = as_alice.post("/contacts/duplicates/not-same/", {"one": pair[1].pk, "other": pair[0].pk}, follow=True)
    page = text_of(response)
    assert "Noted: Hélène Martin and Helene MARTIN are two people." in page
    assert "0 pairs" in page
    noted = NotSame.objects.get()
    assert "1 pair" in text_of(as_alice.post(f"/contacts/duplicates/not-same/{noted.pk}/forget/", follow=True))


def test_a_press_replaces_the_list_alone(as_alice, pair):
    response = as_alice.post(
        "/contacts/duplicates/not-same/", {"one": pair[0].pk, "other": pair[1].pk}, headers={"hx-request": "true"}
    )
    assert response.text.strip().startswith('<section class="card results" id="pairs"')
    assert "<html" not in response.text
    assert "are two people. 0 pairs" in text_of(response)


@pytest.mark.parametrize("said", [{}, {"one": "x", "other": "1"}, {"one": "1", "other": "1"}, {"one": "9" * 30}])
def test_two_who_are_not_there_cannot_be_set_apart(as_alice, pair, said):
    assert as_alice.post("/contacts/duplicates/not-same/", said).status_code == 404


def test_nobody_sets_apart_or_sees_people_of_others(as_charlie, pair):
    said = {"one": pair[0].pk, "other": pair[1].pk}
    assert as_charlie.post("/contacts/duplicates/not-same/", said).status_code == 404
    assert "Nobody seems to be here twice." in as_charlie.get(PAGE).text


def test_a_long_list_comes_in_pages_and_takes_no_more_queries(as_alice, alice, django_assert_num_queries):
    for rows in (10, 20):
        for _number in range(10):
            employer = OrganizationFactory(owner=alice)
            for _twin in range(2):
                ContactFactory(owner=alice, first_name="Anna", last_name=f"Nº{employer.pk}", organization=employer)
        as_alice.get(PAGE)
        with django_assert_num_queries(11):
            # session, user, settling; four sums that tell whether the book has changed, who is set
            # apart (with their people), merges, the people of the page
            assert f"{rows} pairs" in text_of(as_alice.get(PAGE))
    ContactFactory(owner=alice, first_name="Anna", last_name="Petit")
    ContactFactory(owner=alice, first_name="Petit", last_name="Anna")
    assert "Page 1 of 2" in text_of(as_alice.get(PAGE))
    assert "Page 2 of 2" in text_of(as_alice.get(PAGE, {"page": 2}))


# --- What is remembered -----------------------------------------------------------------------


def test_whatever_is_written_is_seen_by_the_next_read(alice, pair):
    def count():
        return len(remembered.Search(Book(alice)).pairs())

    helene, double = pair
    assert count() == 1
    ContactMethod.objects.all().delete()
    Contact.objects.filter(pk=double.pk).delete()
    assert count() == 0
    ContactFactory(owner=alice, first_name="Hélène", last_name="Martin", city="Lyon")
    assert count() == 1
    helene.first_name = "Marie"
    helene.save()
    assert count() == 0


def test_a_detail_that_is_corrected_in_the_form_is_seen(as_alice, alice):
    people = [ContactFactory(owner=alice, first_name=name, last_name="") for name in ("Anna", "Annie")]
    for number, contact in enumerate(people):
        ContactMethodFactory(contact=contact, value=f"{number}@example.com")
    assert "0 pairs" in text_of(as_alice.get(PAGE))
    form = f"{people[1].get_absolute_url()}edit/"
    data = form_data(as_alice.get(form), "contact-form")
    data["methods-0-value"] = "0@example.com"
    assert as_alice.post(form, data.urlencode(), FORM).status_code == 302
    assert "1 pair" in text_of(as_alice.get(PAGE))


def test_the_book_is_not_searched_again_for_nothing(alice, pair, django_assert_num_queries):
    remembered.Search(Book(alice)).pairs()
    with django_assert_num_queries(5):  # four sums, and who is set apart
        remembered.Search(Book(alice)).pairs()


def test_a_large_book_is_searched_while_the_page_is_there(as_alice, alice, pair, monkeypatch):
    monkeypatch.setattr(remembered, "SEARCHED_AT_ONCE", 1)
    page = as_alice.get(PAGE)
    assert 'hx-trigger="load"' in page.text
    assert "1 pair" not in text_of(page)
    assert "1 pair" in text_of(as_alice.get(PAGE, {"now": ""}))
    assert "1 pair" in text_of(as_alice.get(PAGE)), "it is known now"


# --- Side by side -----------------------------------------------------------------------------


def test_the_richer_values_are_chosen_and_everything_is_named(as_alice, pair):
    InteractionFactory.with_contact(pair[1])
    response = as_alice.get(address(pair))
    data = form_data(response, "merge-form")
    assert data["first_name"] == "kept"
    assert data["job_title"] == "gone"
    assert data["notes"] == "both"
    page = text_of(response)
    assert "Likes tea." in page
    assert "Directrice" in page
    assert "1 interaction" in page


def test_they_become_one_and_two_again(as_alice, pair):
    helene, double = pair
    FollowUpFactory(contact=double, title="Send the quote")
    data = form_data(as_alice.get(address(pair)), "merge-form")
    data["last_name"] = "gone"
    page = as_alice.post(address(pair), data.urlencode(), FORM, follow=True)
    assert "Helene MARTIN is now part of Hélène MARTIN." in text_of(page)
    assert "Send the quote" in page.text
    helene.refresh_from_db()
    assert (helene.last_name, helene.job_title, helene.notes) == ("MARTIN", "Directrice", "Likes tea.\n\nBoat.")
    merges = text_of(as_alice.get(PAGE))
    assert "Hélène MARTIN with Helene MARTIN" in merges
    back = as_alice.post(f"/contacts/merges/{Merge.objects.get().pk}/undo/", follow=True)
    assert "Hélène Martin and Helene MARTIN are two again." in text_of(back)
    assert FollowUp.objects.get().contact == double


def test_who_was_changed_since_stays_merged_with_a_reason(as_alice, pair):
    data = form_data(as_alice.get(address(pair)), "merge-form")
    as_alice.post(address(pair), data.urlencode(), FORM)
    Contact.objects.filter(pk=pair[0].pk).update(notes="New")
    page = text_of(as_alice.post(f"/contacts/merges/{Merge.objects.get().pk}/undo/", follow=True))
    assert "This merge cannot be undone: changed since then: Hélène Martin." in page
    assert Contact.objects.count() == 1


def test_what_was_changed_between_looking_and_merging_is_not_overwritten(as_alice, pair):
    data = form_data(as_alice.get(address(pair)), "merge-form")
    pair[1].notes = "Written meanwhile"
    pair[1].save()
    response = as_alice.post(address(pair), data.urlencode(), FORM)
    assert response.status_code == 422
    assert "One of the two was changed meanwhile." in response.text
    assert "Written meanwhile" in response.text
    assert Contact.objects.count() == 2
    data = form_data(response, "merge-form")
    assert as_alice.post(address(pair), data.urlencode(), FORM).status_code == 302


@pytest.mark.parametrize("said", [{"first_name": "neither"}, {"first_name": ""}, {"as_seen": ""}])
def test_a_choice_that_is_none_is_refused(as_alice, pair, said):
    data = form_data(as_alice.get(address(pair)), "merge-form")
    data.update(said)
    for name, value in said.items():
        data[name] = value
    response = as_alice.post(address(pair), data.urlencode(), FORM)
    assert response.status_code == 422
    assert Contact.objects.count() == 2


def test_nobody_is_merged_with_themselves(as_alice, pair):
    assert as_alice.get(f"/contacts/{pair[0].pk}/merge/{pair[0].pk}/").url == pair[0].get_absolute_url()


def test_the_other_one_is_named(as_alice, pair):
    page = f"/contacts/{pair[0].pk}/merge/"
    assert as_alice.get(page).status_code == 200
    assert as_alice.post(page, {"other": f"Helene #{pair[1].pk}"}).url == address(pair)
    assert as_alice.post(page, {"other": f"x #{pair[0].pk}"}).status_code == 422
    assert as_alice.post(page, {"other": "Nobody Known"}).status_code == 422


def test_nobody_merges_with_people_of_others(as_charlie, charlie, pair):
    own = ContactFactory(owner=charlie)
    for one, other in ((pair[0], pair[1]), (own, pair[0]), (pair[0], own)):
        assert as_charlie.post(f"/contacts/{one.pk}/merge/{other.pk}/").status_code == 404
    assert as_charlie.post(f"/contacts/{own.pk}/merge/", {"other": f"x #{pair[0].pk}"}).status_code == 422


def test_after_thirty_days_no_undoing_is_offered(as_alice, alice, pair):
    merge = Merge.objects.create(owner=alice, kept=pair[0], name="Gone", created_at=timezone.now() - dt.timedelta(31))
    assert "Merged lately" not in as_alice.get(PAGE).text
    assert as_alice.post(f"/contacts/merges/{merge.pk}/undo/").status_code == 404


def test_comparing_takes_no_more_queries_for_more_rows(as_alice, pair, django_assert_num_queries):
    for _rows in (10, 20):
        for contact in pair:
            for _number in range(10):
                ContactMethodFactory(contact=contact)
                InteractionFactory.with_contact(contact)
                FollowUpFactory(contact=contact)
        with django_assert_num_queries(21):  # session, user, settling; for each, the contact, details and six counts
            as_alice.get(address(pair))
