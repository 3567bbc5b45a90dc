"""Who came with a file or is in a calendar, and is merged by hand: what the file and the calendar still do to them."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.book import Book
from contacts.imports import batches
from contacts.models import CalendarEvent, Contact, ContactMethod, Import, ImportRow, Interaction, Merge, Organization
from contacts.tests.factories import ContactFactory, ContactMethodFactory
from contacts.tests.html_forms import form_data
from contacts.tests.icalendar_files import calendar, event, guest
from contacts.tests.test_import_pages import do, dropped, text_of, vcard

FORM = "application/x-www-form-urlencoded"
MERGED = "Merged with another contact since the import"


@pytest.fixture
def merge(as_alice):
    """Joins two on the page where they are compared, as it proposes."""

    def merge(kept, gone):
        address = f"/contacts/{kept.pk}/merge/{gone.pk}/"
        data = form_data(as_alice.get(address), "merge-form")
        assert as_alice.post(address, data.urlencode(), FORM).status_code == 302

    return merge


@pytest.fixture
def split(as_alice):
    """Takes the merge back, and gives what the page then says."""

    def split():
        return text_of(as_alice.post(f"/contacts/merges/{Merge.objects.get().pk}/undo/", follow=True))

    return split


@pytest.fixture
def by_hand(alice):
    helene = ContactFactory(owner=alice, first_name="Helene", last_name="MARTIN", notes="Likes tea.")
    ContactMethodFactory(contact=helene, value="helene@example.com")
    return helene


@pytest.fixture
def imported(as_alice, alice):
    """A batch that made a contact, who is not found to be anybody else, and that contact."""
    batch = dropped(as_alice, vcard("Hélène Fontaine", "ORG:Nordlys", "EMAIL:fontaine@example.com"))
    do(as_alice, batch)
    return batch, Contact.objects.get(last_name="Fontaine")


@pytest.mark.parametrize("stays", ["by hand", "imported"])
def test_undoing_the_import_leaves_whom_it_made_and_somebody_merged(as_alice, by_hand, imported, merge, split, stays):
    batch, fontaine = imported
    kept, gone = (by_hand, fontaine) if stays == "by hand" else (fontaine, by_hand)
    merge(kept, gone)
    do(as_alice, batch, "undo")
    assert {method.value for method in kept.methods.all()} == {"helene@example.com", "fontaine@example.com"}
    assert Contact.objects.get() == kept
    assert Contact.objects.get().notes == "Likes tea."
    page = text_of(as_alice.get(batch.get_absolute_url()))
    assert "1 contact was kept" in page
    assert f"{MERGED}: {Contact.objects.get()}" in page
    assert "are two again" in split()
    assert {contact.last_name for contact in Contact.objects.all()} == {"MARTIN", "Fontaine"}
    assert Organization.objects.get().contacts.get() == fontaine, "it came with the import, and was not dropped"


@pytest.mark.parametrize("stays", ["by hand", "imported"])
def test_the_import_is_undone_whole_once_the_merge_is(as_alice, by_hand, imported, merge, split, stays):
    batch, fontaine = imported
    merge(*((by_hand, fontaine) if stays == "by hand" else (fontaine, by_hand)))
    split()
    do(as_alice, batch, "undo")
    assert Contact.objects.get() == by_hand
    assert "Your book is as it was before." in as_alice.get(batch.get_absolute_url()).text


def test_whoever_was_changed_between_a_merge_and_its_undoing_outlives_the_import(
    as_alice, by_hand, imported, merge, split
):
    batch, fontaine = imported
    merge(fontaine, by_hand)
    changed = Contact.objects.get(pk=fontaine.pk)
    changed.is_favorite = True
    changed.save()
    split()
    do(as_alice, batch, "undo")
    assert Contact.objects.get(pk=fontaine.pk).is_favorite
    assert "Changed since the import" in text_of(as_alice.get(batch.get_absolute_url()))


@pytest.mark.parametrize("stays", ["updated", "other"])
def test_undoing_the_import_takes_nothing_from_somebody_merged_that_they_had_before(as_alice, alice, merge, stays):
    updated = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    ContactMethodFactory(contact=updated, value="paul@example.com")
    other = ContactFactory(owner=alice, first_name="Pablo", last_name="Roux", nickname="Popol")
    ContactMethodFactory(contact=other, kind="phone", value="+33 6 12 34 56 78")
    batch = dropped(
        as_alice,
        vcard("Paul Roux", "EMAIL:paul@example.com", "TEL:+33612345678", "NICKNAME:Popol", "NOTE:Met at the fair"),
    )
    batches.decide_all_duplicates(batch, "update")
    do(as_alice, batch)
    updated.refresh_from_db()
    assert (updated.nickname, updated.methods.count()) == ("Popol", 2)
    merge(*((updated, other) if stays == "updated" else (other, updated)))
    do(as_alice, batch, "undo")
    paul = Contact.objects.get()
    assert paul.nickname == "Popol"
    assert ContactMethod.objects.filter(kind="phone", contact=paul).count() == 1
    assert f"{MERGED}: {paul}" in text_of(as_alice.get(batch.get_absolute_url()))


def test_a_merge_before_the_import_does_not_keep_it_from_being_undone(as_alice, alice, merge):
    one, other = (ContactFactory(owner=alice, first_name="Paul", last_name="Roux") for _twin in range(2))
    ContactMethodFactory(contact=one, value="paul@example.com")
    merge(one, other)
    batch = dropped(as_alice, vcard("Paul Roux", "EMAIL:paul@example.com", "NOTE:Met at the fair"))
    do(as_alice, batch)
    do(as_alice, batch, "undo")
    one.refresh_from_db()
    assert one.notes == ""
    assert "Your book is as it was before." in as_alice.get(batch.get_absolute_url()).text


# --- People who wait for a decision -------------------------------------------------------------


@pytest.fixture
def waiting(as_alice, by_hand):
    """Somebody of a file who may be the one who was entered by hand."""
    batch = dropped(as_alice, vcard("Hélène Martin", "TITLE:Captain"))
    row = ImportRow.objects.get()
    assert row.matches[0][0] == by_hand.pk
    return batch, row


def choose(client, batch, row, choice):
    return client.post(f"{batch.get_absolute_url()}choices/", {f"row-{row.pk}": choice})


def test_whoever_was_merged_since_is_offered_as_the_one_they_are_part_of(as_alice, alice, by_hand, waiting, merge):
    batch, row = waiting
    kept = ContactFactory(owner=alice, first_name="Léna", last_name="Petit")
    merge(kept, by_hand)
    assert f'value="update:{kept.pk}"' in as_alice.get(batch.get_absolute_url()).text
    choose(as_alice, batch, row, f"update:{kept.pk}")
    do(as_alice, batch)
    assert Contact.objects.get().job_title == "Captain"


@pytest.mark.parametrize("how", ["merged", "deleted"])
def test_whoever_is_gone_cannot_be_chosen_by_a_page_that_is_old(as_alice, alice, by_hand, waiting, merge, how):
    batch, row = waiting
    if how == "merged":
        merge(ContactFactory(owner=alice, first_name="Léna", last_name="Petit"), by_hand)
    else:
        by_hand.delete()
    assert choose(as_alice, batch, row, f"update:{by_hand.pk}").status_code == 302
    row.refresh_from_db()
    assert row.decision == ""


@pytest.mark.parametrize("since", ["decided", "discarded", "left alone"])
def test_a_merge_is_undone_whatever_became_of_the_import(as_alice, alice, by_hand, waiting, merge, split, since):
    batch, row = waiting
    kept = ContactFactory(owner=alice, first_name="Léna", last_name="Petit")
    merge(kept, by_hand)
    if since == "decided":
        choose(as_alice, batch, row, "new")
        do(as_alice, batch)
    elif since == "discarded":
        as_alice.post(f"{batch.get_absolute_url()}discard/")
        assert not Import.objects.exists()
    assert "are two again" in split()
    assert Contact.objects.filter(pk=by_hand.pk).exists()
    if since == "left alone":
        row.refresh_from_db()
        assert row.matches[0][0] == by_hand.pk


def test_a_merge_is_undone_when_the_import_has_been_put_away(alice, by_hand, imported, merge, split):
    merge(by_hand, imported[1])
    Import.objects.update(created_at=Book(alice).now - batches.KEPT_FOR)
    batches.tidy(Book(alice))
    assert not ImportRow.objects.exists()
    assert "are two again" in split()


# --- Meetings from a calendar -------------------------------------------------------------------


@pytest.fixture
def upload(as_alice, time_machine):
    """A calendar says so of its one meeting, in two days, with these guests."""
    time_machine.move_to(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC), tick=True)

    def upload(*mails, **more):
        content = calendar(event(SUMMARY="Lunch", ATTENDEE=[guest(mail) for mail in mails], **more))
        file = SimpleUploadedFile("calendar.ics", content, content_type="text/calendar")
        assert as_alice.post("/calendars/upload/", {"file": file}).status_code == 302

    return upload


@pytest.fixture
def lena(alice):
    return ContactFactory(owner=alice, first_name="Léna", last_name="Petit")


def people():
    return list(Interaction.objects.get().contacts.all())


@pytest.mark.parametrize("is_undone", [False, True])
def test_a_calendar_still_takes_back_whom_it_put_on_a_meeting(upload, alice, by_hand, lena, merge, split, is_undone):
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    ContactMethodFactory(contact=paul, value="paul@example.com")
    upload("helene@example.com", "paul@example.com")
    merge(lena, by_hand)
    if is_undone:
        split()
    assert people() == [by_hand if is_undone else lena, paul]
    upload("paul@example.com")
    assert people() == [paul]


@pytest.mark.parametrize("is_undone", [False, True])
def test_a_cancelled_meeting_with_somebody_merged_goes_as_any_other(upload, by_hand, lena, merge, split, is_undone):
    upload("helene@example.com")
    merge(lena, by_hand)
    if is_undone:
        split()
    upload("helene@example.com", STATUS="CANCELLED")
    assert not Interaction.objects.exists()


def test_whom_the_owner_took_off_a_meeting_stays_off_it_under_another_name(upload, by_hand, lena, merge):
    upload("helene@example.com")
    Interaction.objects.get().contacts.set([ContactFactory(owner=by_hand.owner)])
    merge(lena, by_hand)
    upload("helene@example.com", LOCATION="Lyon")
    assert lena not in people()


def test_two_guests_who_are_one_are_put_once_and_are_two_again(upload, by_hand, lena, merge, split):
    ContactMethodFactory(contact=lena, value="lena@example.com")
    upload("helene@example.com", "lena@example.com")
    merge(lena, by_hand)
    assert (people(), CalendarEvent.objects.get().contacts_put) == ([lena], [lena.pk])
    assert "are two again" in split()
    assert set(people()) == {by_hand, lena}
    assert set(CalendarEvent.objects.get().contacts_put) == {by_hand.pk, lena.pk}
