"""Tables on the import's pages: known programs are read at once, any other when its columns are named."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.imports import batches
from contacts.models import ColumnMapping, Contact, Import
from contacts.tests.html_forms import form_data

PAGE = "/contacts/import/"
FORM = "application/x-www-form-urlencoded"
OTHER = "Qui;Courriel;Naissance;Truc\nHélène Martin;helene@example.com;03/04/1980;bleu\nPaul Roux;paul@example.com;;\n"
GOOGLE = "Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value\nH M,Hélène,Martin,Work,h@x.example\n"


def drop(client, content, name="people.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post(PAGE, {"upload": SimpleUploadedFile(name, content)})


def name_columns(client, address, *fields):
    """Fills in the form of the columns as it comes, but for `fields`, and sends it."""
    page = client.get(address)
    data = form_data(page, "columns-form")
    for position, field in enumerate(fields):
        data[f"column-{position}"] = field
    return client.post(address, data.urlencode(), FORM)


def work_off(client, batch):
    for _slice in range(50):
        batch.refresh_from_db()
        if not batch.is_at_work:
            return batch
        client.post(f"{batch.get_absolute_url()}go-on/")
    pytest.fail("it never ends")


def asked(client, content):
    """The address of the page on which the columns of the dropped table are named."""
    batch_address = drop(client, content).url
    return client.get(batch_address).url


def do(client):
    batch = work_off(client, Import.objects.latest("pk"))
    client.post(f"{batch.get_absolute_url()}start/")
    return work_off(client, batch)


def test_a_table_of_a_known_program_asks_nothing(as_alice):
    drop(as_alice, GOOGLE)
    do(as_alice)
    assert Contact.objects.get().methods.get().value == "h@x.example"


def test_columns_are_shown_with_what_is_in_them_and_named_by_hand(as_alice):
    address = asked(as_alice, OTHER)
    page = as_alice.get(address)
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
    assert "Qui Hélène Martin · Paul Roux" in text
    assert "Truc bleu" in text
    assert name_columns(as_alice, address, "full_name", "email", "birthday", "").status_code == 302
    do(as_alice)
    helene = Contact.objects.get(first_name="Hélène")
    assert (helene.last_name, helene.birthday.month) == ("Martin", 4)
    assert helene.extra["table"] == {"Truc": "bleu"}


def test_the_next_table_with_the_same_columns_is_read_without_asking(as_alice, as_charlie):
    name_columns(as_alice, asked(as_alice, OTHER), "full_name", "email", "birthday", "notes")
    drop(as_alice, OTHER)
    assert Import.objects.latest("pk").state == Import.State.COMPARING
    do(as_alice)
    assert Contact.objects.get(first_name="Hélène").notes == "bleu"
    assert "columns" in asked(as_charlie, OTHER)


def test_columns_without_anybody_in_them_are_said_and_what_was_chosen_stays(as_alice):
    address = asked(as_alice, OTHER)
    page = name_columns(as_alice, address, "notes", "skip", "skip", "city")
    assert page.status_code == 422
    assert "Say which column has the names" in page.text
    assert re.search(r'<option value="city" selected>', page.text)
    assert not ColumnMapping.objects.exists()


def test_how_the_file_is_laid_out_is_put_right(as_alice):
    content = "Qui,Naissance\nHélène Martin,04/03/1980\n".encode("cp1252")
    address = asked(as_alice, content)
    page = as_alice.get(address, {"encoding": "mac-roman"})
    assert "HÈlËne" in page.text
    wrong = as_alice.get(address, {"delimiter": "no", "encoding": "no", "date_order": "no"})
    assert "Hélène Martin" in wrong.text
    name_columns(as_alice, f"{address}?date_order=mdy", "full_name", "birthday")
    do(as_alice)
    assert (Contact.objects.get().birthday.month, Contact.objects.get().birthday.day) == (4, 3)


def test_columns_can_be_named_otherwise_until_they_are_imported(as_alice):
    address = asked(as_alice, OTHER)
    name_columns(as_alice, address, "full_name", "email", "birthday", "notes")
    batch = work_off(as_alice, Import.objects.get())
    assert address in as_alice.get(batch.get_absolute_url()).text
    name_columns(as_alice, address, "full_name", "email", "birthday", "city")
    do(as_alice)
    helene = Contact.objects.get(first_name="Hélène")
    assert (helene.city, helene.notes, Contact.objects.count()) == ("bleu", "", 2)
    assert as_alice.get(address).status_code == 404


def test_a_table_that_is_too_long_is_refused_before_anybody_names_its_columns(as_alice, monkeypatch):
    monkeypatch.setattr(batches, "MOST_ROWS", 3)
    page = drop(as_alice, "Qui;Truc\n" + "Hélène;a\n" * 5)
    assert page.status_code == 422
    assert "An import takes up to 3 people." in page.text
    assert not Import.objects.exists()


@pytest.mark.parametrize("name", ["sheet.xlsx", "bomb.zip"])
def test_what_is_no_table_is_refused_with_its_reason(as_alice, name):
    page = drop(as_alice, b"PK\x03\x04 nothing", name)
    assert page.status_code == 422
    assert re.search(rf'role="alert"[^>]*>{name}: \w', page.text)
