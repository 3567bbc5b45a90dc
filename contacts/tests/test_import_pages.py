"""The import's pages: files dropped, what will happen shown, decided, done, undone."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.book import Book
from contacts.imports import batches, slices
from contacts.imports.card import Card, CardMethod
from contacts.models import Contact, Import, ImportFile, ImportRow, Profile
from contacts.tests.factories import ContactFactory, ContactMethodFactory

PAGE = "/contacts/import/"


def vcard(name="Hélène Martin", *lines):
    first, last = name.split()
    parts = ["BEGIN:VCARD", "VERSION:3.0", f"N:{last};{first};;;", f"FN:{name}", *lines, "END:VCARD", ""]
    return "\r\n".join(parts)


def drop(client, *contents, names=("people.vcf", "more.vcf")):
    """Sends the form of the page as a browser does, with a file for each text."""
    files = [
        SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
        for name, content in zip(names, contents, strict=False)
    ]
    return client.post(PAGE, {"upload": files})


def work_off(client, batch):
    """What the page does by itself, or a person without JavaScript."""
    for _slice in range(50):
        batch.refresh_from_db()
        if not batch.is_at_work:
            return
        assert client.post(f"{batch.get_absolute_url()}go-on/").status_code == 302
    pytest.fail("it never ends")


def dropped(client, *contents):
    response = drop(client, *contents)
    assert response.status_code == 302, response.text
    batch = Import.objects.latest("pk")
    assert response.url == batch.get_absolute_url()
    work_off(client, batch)
    return batch


def do(client, batch, what="start"):
    client.post(f"{batch.get_absolute_url()}{what}/")
    work_off(client, batch)


def text_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_a_file_is_dropped_looked_at_imported_and_undone(as_alice, alice):
    batch = dropped(as_alice, vcard("Hélène Martin", "EMAIL:helene@example.com", "BDAY:--0229"))
    page = text_of(as_alice.get(batch.get_absolute_url()))
    assert "Hélène Martin" in page
    assert "helene@example.com" in page
    assert "people.vcf, line 1" in page
    assert "Import 1 person" in page
    assert not Contact.objects.exists()
    do(as_alice, batch)
    helene = Contact.objects.get()
    assert (helene.owner, helene.methods.get().value, helene.birthday.day) == (alice, "helene@example.com", 29)
    page = as_alice.get(batch.get_absolute_url())
    assert "1 new contact" in text_of(page)
    assert helene.get_absolute_url() in page.text
    assert "Undo this import" in as_alice.get(PAGE).text
    do(as_alice, batch, "undo")
    assert not Contact.objects.exists()
    assert "Your book is as it was before." in as_alice.get(batch.get_absolute_url()).text


def test_who_was_made_may_be_there_twice_and_that_leads_to_the_duplicates(as_alice):
    file = vcard("Hélène Martin", "EMAIL:helene@example.com")
    batch = dropped(as_alice, file)
    assert "Look for duplicates" not in text_of(as_alice.get(batch.get_absolute_url()))
    do(as_alice, batch)
    assert 'href="/contacts/duplicates/">Look for duplicates' in as_alice.get(batch.get_absolute_url()).text
    again = dropped(as_alice, file)
    do(as_alice, again)
    assert "Look for duplicates" not in text_of(as_alice.get(again.get_absolute_url()))


def test_several_files_are_one_import(as_alice):
    batch = dropped(as_alice, vcard("Hélène Martin"), vcard("Paul Roux") + vcard("Anne Petit"))
    assert batch.name == "people.vcf, more.vcf"
    assert [(row.label, row.file.name) for row in batch.rows.all()] == [
        ("Hélène Martin", "people.vcf"),
        ("Paul Roux", "more.vcf"),
        ("Anne Petit", "more.vcf"),
    ]


def test_a_preview_says_what_each_field_becomes(as_alice, alice):
    helene = ContactFactory(
        owner=alice, first_name="Hélène", last_name="Martin", job_title="Directrice", extra={"uid": "h"}
    )
    batch = dropped(as_alice, vcard("Hélène Martin", "UID:h", "TITLE:Présidente", "NOTE:Plays chess", "X-FOO:bar"))
    page = text_of(as_alice.get(batch.get_absolute_url()))
    assert "Job title Directrice kept the file says: Présidente" in page
    assert "Notes Plays chess" in page
    assert "Other properties X-FOO" in page
    assert str(helene) in page
    as_alice.post(f"{batch.get_absolute_url()}choices/", {"side": "file"})
    assert "Job title Directrice → Présidente" in text_of(as_alice.get(batch.get_absolute_url()))
    do(as_alice, batch)
    helene.refresh_from_db()
    assert (helene.job_title, helene.notes) == ("Présidente", "Plays chess")


def test_whoever_waits_for_a_decision_is_not_said_to_be_nothing(as_alice, alice):
    ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    batch = dropped(as_alice, vcard("Hélène Martin", "TITLE:Directrice"))
    page = text_of(as_alice.get(batch.get_absolute_url()))
    assert "1 probable duplicate waits for your decision" in page
    assert "There is nothing to import" not in page


def test_a_probable_duplicate_is_shown_with_whom_and_why_and_waits(as_alice, alice):
    helene = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    batch = dropped(as_alice, vcard("Hélène Martin", "TITLE:Directrice"), vcard("Paul Roux"))
    page = as_alice.get(batch.get_absolute_url())
    assert re.search(r"\d+ % the same as Hélène Martin · (the )?same name", text_of(page))
    assert "1 probable duplicate waits for your decision" in text_of(page)
    assert helene.get_absolute_url() in page.text
    row = batch.rows.get(verdict="duplicate")
    answer = as_alice.post(
        f"{batch.get_absolute_url()}choices/", {f"row-{row.pk}": f"update:{helene.pk}"}, headers={"hx-request": "true"}
    )
    assert answer.text.strip().startswith('<div class="stack" id="preview"')
    assert "Import 2 people" in text_of(answer)
    do(as_alice, batch)
    helene.refresh_from_db()
    assert helene.job_title == "Directrice"


def test_who_is_in_a_file_twice_is_shown_with_the_first_one_and_why(as_alice):
    email = "EMAIL:helene@example.com"
    batch = dropped(as_alice, vcard("Hélène Martin", email) + vcard("Helene Martin", email, "TITLE:Directrice"))
    page = as_alice.get(batch.get_absolute_url())
    said = text_of(page)
    assert re.search(r"97 % the same as Hélène Martin , line 1 of the same file · the same e-mail address", said)
    assert "Join with Hélène Martin" in said
    assert "Directrice" in said
    assert "wait" not in said
    assert "Import 2 people" in said
    second = batch.rows.get(verdict="duplicate")
    as_alice.post(f"{batch.get_absolute_url()}choices/", {f"row-{second.pk}": "skip"})
    as_alice.post(f"{batch.get_absolute_url()}choices/", {f"row-{second.pk}": "update:"})
    do(as_alice, batch)
    assert Contact.objects.get().job_title == "Directrice"
    done = as_alice.get(batch.get_absolute_url())
    assert "97 % the same as Hélène Martin , line 1 of the same file" in text_of(done)
    assert "What changes" not in done.text
    again = dropped(as_alice, vcard("Hélène Martin", email) + vcard("Helene Martin", email, "TITLE:Directrice"))
    assert again.rows.verdicts() == {"unchanged": 2}


def test_one_choice_is_made_for_all_duplicates(as_alice, alice):
    for name in ("Hélène Martin", "Paul Roux"):
        first, last = name.split()
        ContactFactory(owner=alice, first_name=first, last_name=last)
    batch = dropped(as_alice, *(vcard(name, "TITLE:X") for name in ("Hélène Martin", "Paul Roux")))
    as_alice.post(f"{batch.get_absolute_url()}choices/", {"duplicates": "new"})
    do(as_alice, batch)
    assert Contact.objects.count() == 4


def test_choices_that_make_no_sense_are_left_out(as_alice, alice):
    ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    batch = dropped(as_alice, vcard("Hélène Martin", "TITLE:X"))
    row = batch.rows.get()
    for value in ("explode", "update:", "update:999", "update:x", "new:1:2:3", "\x00"):
        nonsense = {f"row-{row.pk}": value, "row-x": "new", f"row-{10**30}": "new", "side": "left", "duplicates": "?"}
        assert as_alice.post(f"{batch.get_absolute_url()}choices/", nonsense).status_code == 302
    row.refresh_from_db()
    assert row.decision in ("", "new")


def test_rows_are_listed_by_verdict_and_page_by_page(as_alice, alice):
    batch = batches.begin(Book(alice), ["people.vcf"])
    cards = [Card(line=n, first_name="Anna", last_name=f"Nº{n}") for n in range(60)]
    batches.add_rows(batches.add_file(batch, "people.vcf"), [*cards, *cards[:1]])
    batches.compare_when_read(batch)
    slices.advance(Book(alice), batch.pk, seconds=60)

    def listed(**parameters):
        page = as_alice.get(batch.get_absolute_url(), parameters)
        return len(re.findall(r'<li class="import-row"', page.text)), text_of(page)

    assert listed()[0] == 50
    assert listed(page=2)[0] == 11
    assert "Page 1 of 2" in listed()[1]
    assert listed(show="duplicate")[0] == 1
    assert listed(show="nonsense")[0] == 50
    assert "All 61 New 60 Duplicate 1" in listed()[1]


def test_htmx_gets_the_part_that_it_asks_for(as_alice):
    batch = dropped(as_alice, vcard())
    rows = as_alice.get(batch.get_absolute_url(), headers={"hx-request": "true"})
    assert rows.text.strip().startswith('<section class="card results" id="rows"')
    assert "HX-Request" in rows["Vary"]


def test_progress_asks_for_the_next_slice_until_the_page_is_whole(as_alice, monkeypatch):
    monkeypatch.setattr(slices, "CHUNK", 1)
    monkeypatch.setattr(slices.advance, "__kwdefaults__", {"seconds": 0})
    drop(as_alice, vcard("Anne Petit") + vcard("Paul Roux"))
    batch = Import.objects.get()
    address = f"{batch.get_absolute_url()}go-on/"
    assert 'hx-trigger="load' in as_alice.get(batch.get_absolute_url()).text
    first = as_alice.post(address, headers={"hx-request": "true"})
    assert first.text.strip().startswith('<section class="card stack" id="progress"')
    assert "1 of 2" in text_of(first)
    as_alice.post(address, headers={"hx-request": "true"})
    last = as_alice.post(address, headers={"hx-request": "true"})
    assert last.headers["HX-Redirect"] == batch.get_absolute_url()


def test_pressing_twice_imports_once(as_alice):
    batch = dropped(as_alice, vcard())
    for _press in range(2):
        assert as_alice.post(f"{batch.get_absolute_url()}start/").url == batch.get_absolute_url()
    for _press in range(3):
        as_alice.post(f"{batch.get_absolute_url()}go-on/")
    assert as_alice.post(f"{batch.get_absolute_url()}start/").status_code == 302
    work_off(as_alice, batch)
    assert Contact.objects.count() == 1


def test_what_is_discarded_leaves_nothing(as_alice):
    batch = dropped(as_alice, vcard())
    page = as_alice.post(f"{batch.get_absolute_url()}discard/", follow=True)
    assert "Nothing was imported from people.vcf." in page.text
    assert not any(model.objects.exists() for model in (Import, ImportFile, ImportRow))


def test_what_was_written_can_be_undone_but_not_discarded(as_alice):
    batch = dropped(as_alice, vcard())
    do(as_alice, batch)
    as_alice.post(f"{batch.get_absolute_url()}discard/")
    assert Import.objects.exists()


def test_what_is_left_out_is_a_table_that_no_spreadsheet_runs(as_alice):
    batch = dropped(as_alice, vcard("Paul Roux") + "BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE:=1+1\r\nEND:VCARD\r\n")
    do(as_alice, batch)
    page = as_alice.get(batch.get_absolute_url())
    assert "1 left out" in text_of(page)
    table = as_alice.get(f"{batch.get_absolute_url()}left-out.csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in table["Content-Disposition"]
    header, row = table.text.removeprefix("\ufeff").splitlines()
    assert header == "file,line,name,reason"
    assert row.startswith("people.vcf,6,'=1+1,")
    assert "There is no name in it" in row


@pytest.mark.parametrize("content", ["", "Hello", "BEGIN:VCARD", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20])
def test_a_file_with_nobody_in_it_is_refused_and_says_why(as_alice, content):
    page = drop(as_alice, content)
    assert page.status_code == 422
    assert re.search(r'role="alert"[^>]*>people\.vcf: \w', page.text)
    assert not Import.objects.exists()


def test_no_file_at_all_is_said(as_alice):
    page = as_alice.post(PAGE, {})
    assert page.status_code == 422
    assert "Choose at least one file." in page.text


def test_files_that_are_too_large_are_refused_with_the_limit(as_alice, settings):
    settings.UPLOAD_MAX_BYTES = 1024
    page = drop(as_alice, vcard() * 20, vcard() * 20)
    assert page.status_code == 422
    assert "larger than 1\xa0KB." in page.text
    assert not Import.objects.exists()


def test_a_request_that_is_too_large_is_refused_with_the_limit(as_alice, settings):
    settings.REQUEST_MAX_BYTES = 1024
    page = drop(as_alice, vcard() * 50)
    assert page.status_code == 413
    assert "more than the server takes at once: 100 MB." in text_of(page)


def test_more_people_than_an_import_takes_are_refused_with_the_limit(as_alice, monkeypatch):
    monkeypatch.setattr(batches, "MOST_ROWS", 1500)
    page = drop(as_alice, vcard() * 1501)
    assert page.status_code == 422
    assert "An import takes up to 1,500 people." in page.text
    assert not Import.objects.exists()


def test_far_too_many_people_are_refused_before_anybody_is_read(as_alice, monkeypatch):
    monkeypatch.setattr(batches, "MOST_ROWS", 1500)
    with CaptureQueriesContext(connection) as queries:
        page = drop(as_alice, vcard() * 3001)
    assert "An import takes up to 1,500 people." in page.text
    assert not [query["sql"] for query in queries if query["sql"].startswith('INSERT INTO "contacts_importrow"')]


def test_a_card_within_a_card_is_nobody_of_their_own(as_alice, monkeypatch):
    monkeypatch.setattr(batches, "MOST_ROWS", 1500)
    assistant = "AGENT:\nBEGIN:VCARD\nVERSION:2.1\nN:Petit;Lise\nEND:VCARD"
    assert dropped(as_alice, vcard("Hélène Martin", assistant) * 1400).total == 1400


def test_more_files_than_the_server_takes_are_refused_with_the_limit(as_alice, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    page = drop(as_alice, vcard(), vcard())
    assert page.status_code == 400
    assert "up to 1 are taken" in text_of(page)


def test_the_pages_are_whole_in_french(as_alice):
    Profile.objects.update(language="fr")
    assert "Importer des contacts" in as_alice.get(PAGE).text
    batch = dropped(as_alice, vcard())
    assert "Importer 1 personne" in text_of(as_alice.get(batch.get_absolute_url()))


@pytest.mark.parametrize("address", ["/contacts/", "/"])
def test_an_empty_book_leads_to_the_import(as_alice, address):
    assert f'href="{PAGE}"' in as_alice.get(address).text


def test_a_list_of_people_leads_to_the_import(as_alice, alice):
    ContactFactory(owner=alice)
    assert f'href="{PAGE}"' in as_alice.get("/contacts/").text


def test_imports_of_others_are_not_there(as_alice, as_charlie):
    batch = dropped(as_alice, vcard())
    assert "people.vcf" not in as_charlie.get(PAGE).text
    for what in ("", "left-out.csv"):
        assert as_charlie.get(f"{batch.get_absolute_url()}{what}").status_code == 404
    for what in ("choices/", "start/", "go-on/", "undo/", "discard/"):
        assert as_charlie.post(f"{batch.get_absolute_url()}{what}").status_code == 404


def test_nobody_elses_people_are_duplicates(as_charlie, alice):
    ContactFactory(owner=alice, first_name="Hélène", last_name="Martin", extra={"uid": "h"})
    batch = dropped(as_charlie, vcard("Hélène Martin", "UID:h"))
    assert batch.rows.get().verdict == "new"


def test_more_rows_take_no_more_queries(as_alice, alice, django_assert_num_queries):
    for number in range(10):
        person = ContactFactory(owner=alice, first_name="Anna", last_name=f"N{number}", city="Lyon")
        ContactMethodFactory(contact=person, value=f"{number}@x.example")
    for rows in (10, 20):
        cards = [
            Card(first_name="Anna", last_name=f"N{n}", city="Paris", methods=(CardMethod("email", f"{n}@x.example"),))
            for n in range(rows)
        ]
        batch = batches.begin(Book(alice), ["people.vcf"])
        batches.add_rows(batches.add_file(batch, "people.vcf"), cards)
        batches.compare_when_read(batch)
        slices.advance(Book(alice), batch.pk, seconds=60)
        # Session, user, settling; the batch; how many rows are listed, of each verdict, come to what; tables; rows;
        # contacts, their details, dates, tags and ties (2).
        with django_assert_num_queries(15):
            as_alice.get(batch.get_absolute_url())
    with django_assert_num_queries(6):  # session, user, settling; old batches and their files, batches
        as_alice.get(PAGE)
