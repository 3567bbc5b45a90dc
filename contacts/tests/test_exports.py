"""Taking contacts along: what is in the file, who gets it, and what it costs."""

import csv
import datetime as dt
import gc
import io
import tracemalloc
from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext

from contacts.book import Book
from contacts.exports import cards, formats
from contacts.imports import tables, vcard
from contacts.models import Contact, ContactMethod, Relationship
from contacts.partial_dates import PartialDate
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
)


@pytest.fixture
def helene(alice):
    """Somebody of whom everything is known."""
    marc = ContactFactory(owner=alice, first_name="Marc", last_name="Lœb")
    contact = ContactFactory(
        owner=alice,
        first_name="Hélène",
        last_name="Lœb",
        nickname="Léna",
        organization=OrganizationFactory(owner=alice, name="Éditions Nordlys"),
        job_title="Éditrice",
        birthday_day=29,
        birthday_month=2,
        how_met="Au salon du livre,\r\nstand 12",
        met_on=dt.date(2019, 3, 15),
        met_through=marc,
        city="Saint-Étienne",
        country="France",
        time_zone="Europe/Paris",
        language="fr",
        notes="Adore les orchidées.\r\n=1+1",
        cadence_days=30,
        paused_until=dt.date(2030, 1, 2),
        deceased_on=dt.date(2029, 5, 6),
        is_favorite=True,
        share_with_ai=False,
        extra={"uid": "urn:uuid:helene", "vcard": [{"name": "X-GEO", "value": "1;2"}]},
        tags=[TagFactory(owner=alice, name="Chœur, ténors"), TagFactory(owner=alice, name="Amis")],
    )
    ContactMethodFactory(contact=contact, kind="email", value="h@example.com", label="travail", is_primary=True)
    ContactMethodFactory(contact=contact, kind="phone", value="+33 6 12 34 56 78", label="mobile")
    ContactMethodFactory(contact=contact, kind="address", value="12 rue A, 42000 Saint-Étienne")
    ImportantDateFactory(contact=contact, label="Mariage", day=6, month=6, year=2009)
    RelationshipFactory(from_contact=contact, to_contact=marc, kind=Relationship.Kind.PARTNER)
    InteractionFactory.with_contact(contact)
    return contact


@pytest.fixture
def download(alice):
    """A file as a browser gets it."""

    def download(address, user=alice):
        async def get():
            client = AsyncClient()
            await client.aforce_login(user)
            response = await client.get(address, secure=True)
            return response, b"".join([piece async for piece in response.streaming_content])

        response, content = async_to_sync(get)()
        assert response.status_code == 200
        return SimpleNamespace(headers=response.headers, content=content, text=content.decode())

    return download


def names(file):
    return [f"{card.first_name} {card.last_name}" for card in vcard.read(io.BytesIO(file.content))]


# --- What is in it ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vcard4", "vcard3", "csv"])
def test_everything_about_a_contact_is_in_the_file(download, helene, name):
    file = io.BytesIO(download(f"/contacts/export/?format={name}").content)
    found = tables.read(file, tables.sniff(file)) if name == "csv" else vcard.read(file)
    (card,) = [card for card in found if card.first_name == "Hélène"]
    assert {(method.value, method.label, method.is_primary) for method in card.methods} == {
        ("h@example.com", "travail", True),
        ("+33 6 12 34 56 78", "mobile", False),
        ("12 rue A, 42000 Saint-Étienne", "", False),
    }
    assert card.uid == "urn:uuid:helene"
    assert (card.nickname, card.organization, card.job_title) == ("Léna", "Éditions Nordlys", "Éditrice")
    assert (card.birthday, card.city, card.country) == (PartialDate(29, 2), "Saint-Étienne", "France")
    assert (card.how_met, card.met_on, card.met_through) == (
        "Au salon du livre,\nstand 12", dt.date(2019, 3, 15), "Marc Lœb",
    )  # fmt: skip
    assert (card.time_zone, card.language, card.notes) == ("Europe/Paris", "fr", "Adore les orchidées.\n=1+1")
    assert (card.cadence_days, card.paused_until) == (30, dt.date(2030, 1, 2))
    assert (card.deceased_on, card.is_favorite, card.share_with_ai) == (dt.date(2029, 5, 6), True, False)
    assert card.tags == ("Amis", "Chœur, ténors")
    assert [(date.label, date.date) for date in card.dates] == [("Mariage", PartialDate(6, 6, 2009))]
    assert [(tie.name, tie.kind) for tie in card.ties] == [("Marc Lœb", "partner")]
    assert card.extra == {"vcard": [{"name": "X-GEO", "value": "1;2"}]}


def test_a_relationship_is_seen_from_both_ends(alice):
    paul, boss = (ContactFactory(owner=alice, last_name=name) for name in ("Paul", "Boss"))
    RelationshipFactory(from_contact=paul, to_contact=boss, kind=Relationship.Kind.MANAGER)
    found = {contact.last_name: cards.card_of(contact) for contact in cards.with_everything(Contact.objects.all())}
    assert found["Paul"].ties[0].kind == "manager"
    assert found["Boss"].ties[0].kind == "report"


def test_a_contact_without_a_number_has_the_same_one_each_time(download, alice):
    ContactFactory.create_batch(2, owner=alice)
    first, second = (download("/contacts/export/?format=vcard4").text for _time in range(2))
    uids = [line for line in first.split("\r\n") if line.startswith("UID:urn:uuid:")]
    assert first == second
    assert len(set(uids)) == 2


# --- Who is in it -----------------------------------------------------------------------------


def test_the_list_as_it_is_filtered_and_sorted_goes_along(download, alice):
    for first, last in [("Anna", "Zola"), ("Paul", "Roux"), ("Lise", "Roux")]:
        ContactFactory(owner=alice, first_name=first, last_name=last)
    ContactFactory(owner=alice, first_name="Old", last_name="Roux", is_archived=True)
    assert names(download("/contacts/export/?format=vcard3&q=roux")) == ["Lise Roux", "Paul Roux"]
    assert names(download("/contacts/export/?format=vcard3&q=roux&sort=added")) == ["Lise Roux", "Paul Roux"]
    assert names(download("/contacts/export/?format=vcard3&q=roux&archived=on")) == [
        "Lise Roux",
        "Old Roux",
        "Paul Roux",
    ]
    assert names(download("/contacts/export/?format=vcard3&q=roux&who=all")) == ["Lise Roux", "Paul Roux", "Anna Zola"]
    assert names(download("/contacts/export/?format=vcard3&show=archived")) == ["Old Roux"]


def test_nobody_takes_anothers_contacts_along(download, helene, charlie):
    file = download("/contacts/export/?format=csv&who=all&archived=on", charlie)
    assert "Hélène" not in file.text


def test_one_contact_is_taken_along_from_its_page(as_alice, as_charlie, helene):
    page = as_alice.get(helene.get_absolute_url()).text
    assert f'href="/contacts/{helene.pk}/export/"' in page
    answer = as_alice.get(f"/contacts/{helene.pk}/export/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="helene-loeb.vcf"'
    assert [card.first_name for card in vcard.read(io.BytesIO(answer.content))] == ["Hélène"]
    assert as_alice.get(f"/contacts/{helene.pk}/export/?format=csv").headers["Content-Type"].startswith("text/csv")
    assert as_alice.get(f"/contacts/{helene.pk}/export/?format=exe").status_code == 404
    assert as_charlie.get(f"/contacts/{helene.pk}/export/").status_code == 404


# --- The page ---------------------------------------------------------------------------------


def test_the_list_leads_to_its_own_export(as_alice, helene):
    page = as_alice.get("/contacts/", {"q": "helene"}).text
    assert 'href="/contacts/export/?q=helene"' in page
    page = as_alice.get("/contacts/export/", {"q": "helene"}).text
    assert "The list as you filtered it (1)" in page
    assert "Everybody in your book (2)" in page
    assert '<input type="hidden" name="q" value="helene"' in page


def test_a_book_with_nobody_in_it_leads_to_the_import(as_alice, alice):
    page = as_alice.get("/contacts/export/").text
    assert 'href="/contacts/import/"' in page
    assert 'id="export"' not in page
    ContactFactory(owner=alice, is_archived=True)
    assert 'id="export"' in as_alice.get("/contacts/export/").text


def test_a_format_that_is_none_is_said_and_what_was_chosen_stays(as_alice, helene):
    answer = as_alice.get("/contacts/export/", {"q": "helene", "format": "exe", "archived": "on"})
    assert answer.status_code == 422
    assert "exe is not one of the available choices" in answer.text
    assert "checked" in answer.text


def test_a_file_has_a_name_and_no_cache_keeps_it(download, helene):
    file = download("/contacts/export/?format=vcard3")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="contacts-')
    assert file.headers["Content-Disposition"].endswith('.vcf"')
    assert file.headers["Cache-Control"] == "private, no-store"
    assert file.headers["Content-Type"] == "text/vcard; charset=utf-8"


def test_the_page_asks_no_more_for_twenty_contacts_than_for_ten(as_alice, alice, django_assert_num_queries):
    for _time in range(2):
        ContactFactory.create_batch(10, owner=alice)
        with django_assert_num_queries(5):
            as_alice.get("/contacts/export/")


# --- What it costs ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(formats.FORMATS))
def test_a_batch_costs_the_same_queries_whatever_is_in_it(alice, connection_queries, name):
    counts = []
    for _time in range(2):
        for contact in ContactFactory.create_batch(10, owner=alice, tags=[TagFactory(owner=alice)]):
            ContactMethodFactory(contact=contact)
            ImportantDateFactory(contact=contact)
            RelationshipFactory(from_contact=contact)
        with connection_queries() as queries:
            "".join(formats.FORMATS[name].write(Book(alice), Contact.objects.all()))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.fixture
def connection_queries():
    from django.db import connection

    return lambda: CaptureQueriesContext(connection)


@pytest.fixture
def _nobody_looks_for_garbage():
    """A server does so seldom: what waits for it is in memory."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_nobody_looks_for_garbage")
def test_no_more_than_a_batch_is_in_memory(alice, monkeypatch):
    monkeypatch.setattr(cards, "BATCH", 50)
    peaks = []
    for count in (200, 600):
        people = Contact.objects.bulk_create(
            Contact(owner=alice, first_name=f"First{n}", last_name="Last", notes="x" * 2_000) for n in range(count)
        )
        ContactMethod.objects.bulk_create(
            ContactMethod(contact=person, kind="email", value="a@example.org") for person in people
        )
        del people
        gc.collect()
        tracemalloc.start()
        for _piece in formats.FORMATS["vcard4"].write(Book(alice), Contact.objects.order_by("pk")):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


# --- The command ------------------------------------------------------------------------------


def test_the_command_writes_a_file_for_its_owner_only(alice, helene, tmp_path, capsys):
    path = tmp_path / "all.vcf"
    call_command("export_contacts", user="alice", output=str(path))
    assert "2 contacts of alice written to" in capsys.readouterr().out
    assert path.read_bytes().startswith(b"BEGIN:VCARD\r\nVERSION:4.0\r\n")
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


def test_the_command_writes_a_table_where_the_file_is_called_so(alice, helene, tmp_path):
    path = tmp_path / "all.csv"
    call_command("export_contacts", user="alice", output=str(path))
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert {row["First Name"] for row in rows} == {"Hélène", "Marc"}


def test_the_command_takes_the_archived_ones_along_unless_told_otherwise(alice, tmp_path, capsysbinary):
    ContactFactory(owner=alice, first_name="Old", is_archived=True)
    call_command("export_contacts", user="alice")
    assert b"FN:Old" in capsysbinary.readouterr().out
    call_command("export_contacts", user="alice", without_archived=True)
    assert capsysbinary.readouterr().out == b""


def test_the_command_says_what_it_cannot_do(alice, tmp_path):
    with pytest.raises(CommandError, match="There is no user “nobody”"):
        call_command("export_contacts", user="nobody")
    with pytest.raises(CommandError, match="can't be written"):
        call_command("export_contacts", user="alice", output=str(tmp_path / "none" / "all.vcf"))
