"""vCards as programs write them, right and wrong: what becomes of each, and what is said of the rest."""

import base64
import datetime as dt
import encodings
import io
from encodings.aliases import aliases

import pytest
from django.utils.translation import override

from contacts.imports import vcard, vcard_syntax
from contacts.imports.card import Card, CardDate, CardMethod, CardTie, Unreadable
from contacts.partial_dates import PartialDate


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def read(text, encoding="utf-8"):
    data = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode(encoding)
    return list(vcard.read(io.BytesIO(data)))


def card(*lines, version="3.0"):
    (found,) = read("\n".join(["BEGIN:VCARD", f"VERSION:{version}", "N:Roux;Paul;;;", *lines, "END:VCARD", ""]))
    assert isinstance(found, Card)
    return found


# --- Dates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("BDAY:1985-04-07", (7, 4, 1985)),
        ("BDAY:19850407", (7, 4, 1985)),
        ("BDAY;VALUE=date:1985-04-07T00:00:00Z", (7, 4, 1985)),
        ("BDAY:--0229", (29, 2, None)),
        ("BDAY:--02-29", (29, 2, None)),
        ("BDAY:--04", (None, 4, None)),
        ("BDAY:1985-04", (None, 4, 1985)),
        ("BDAY:1985", (None, None, 1985)),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", (29, 2, None)),
        ("BDAY;VALUE=date:1604-04-07", (7, 4, None)),
        ("BDAY;VALUE=text:7 avril 1985", (7, 4, 1985)),
        ("BDAY;VALUE=text:1er août", (1, 8, None)),
        ("BDAY;VALUE=text:April 7th\\, 1985", (7, 4, 1985)),
        ("BDAY:07/04/1985", (7, 4, 1985)),
        ("BDAY:7.4.85", (7, 4, 1985)),
    ],
)
def test_a_birthday_is_read_as_far_as_it_is_said(line, date):
    assert card(line).birthday == PartialDate(*date)


@pytest.mark.parametrize("text", ["1985-02-30", "circa 1800", "---07", "0000-00-00", "soon"])
def test_a_birthday_that_is_none_is_kept_and_said(text):
    found = card(f"BDAY;VALUE=text:{text}")
    assert not found.birthday
    assert any(text in remark for remark in found.remarks)
    assert found.extra["vcard"] == [{"name": "BDAY", "value": text, "params": {"VALUE": ["text"]}}]


def test_days_of_the_year_have_their_labels():
    found = card(
        "ANNIVERSARY:20090606",
        "item1.X-ABDATE;type=pref:2008-12-11",
        "item1.X-ABLabel:_$!<Anniversary>!$_",
        "item2.X-ABDATE:1604-09-01",
        "item2.X-ABLabel:First day at work",
        "X-EVOLUTION-ANNIVERSARY:2010-01-02",
    )
    assert found.dates == (
        CardDate("wedding", PartialDate(6, 6, 2009)),
        CardDate("wedding", PartialDate(11, 12, 2008)),
        CardDate("First day at work", PartialDate(1, 9)),
        CardDate("wedding", PartialDate(2, 1, 2010)),
    )


def test_a_day_of_death_is_one():
    assert card("DEATHDATE:20200131", version="4.0").deceased_on == dt.date(2020, 1, 31)


# --- Ways to reach somebody -------------------------------------------------------------------


def test_the_preferred_detail_of_a_kind_is_one():
    found = card("EMAIL;PREF=2:b@example.com", "EMAIL;PREF=1:a@example.com", "TEL;TYPE=pref:1", "TEL;TYPE=pref:2")
    assert [method.value for method in found.methods if method.is_primary] == ["a@example.com", "1"]


@pytest.mark.parametrize(
    ("line", "method"),
    [
        ("EMAIL:mailto:paul@example.com", CardMethod("email", "paul@example.com")),
        ('TEL;VALUE=uri;TYPE="voice,home":tel:+33-6-12;ext=5', CardMethod("phone", "+33-6-12 ext. 5", "home")),
        ("TEL;TYPE=CELL:\u202a+33 6 12 34 56 78\u202c", CardMethod("phone", "+33 6 12 34 56 78", "mobile")),
        ("item1.TEL:1\nitem1.X-ABLabel:_$!<HomeFAX>!$_", CardMethod("phone", "1", "home, fax")),
        ("item1.EMAIL;TYPE=WORK:a@b.c\nitem1.X-ABLabel:Secrétariat", CardMethod("email", "a@b.c", "Secrétariat")),
        ("IMPP;X-SERVICE-TYPE=Skype:skype:paul.roux", CardMethod("social", "paul.roux", "Skype")),
        ("IMPP:xmpp:paul@example.com", CardMethod("social", "paul@example.com", "xmpp")),
        ("X-SKYPE-USERNAME:paul.roux", CardMethod("social", "paul.roux", "Skype")),
        ("X-SOCIALPROFILE;type=twitter:http://twitter.com/p", CardMethod("social", "http://twitter.com/p", "twitter")),
        ("X-SOCIALPROFILE;type=facebook:x-apple:paul", CardMethod("social", "paul", "facebook")),
        ("URL:http\\://example.com", CardMethod("url", "http://example.com")),
        (
            "ADR;TYPE=home:;Bât. B;12 rue des Lilas;Lyon;;69003;France",
            CardMethod("address", "Bât. B, 12 rue des Lilas, 69003 Lyon, France", "home"),
        ),
    ],
)
def test_a_detail_is_read(line, method):
    assert card(line).methods == (method,)


def test_the_home_says_where_they_live():
    found = card("ADR;TYPE=work:;;1 rue A;Paris;;;France", "ADR;TYPE=home:;;2 rue B;Lyon;;;France")
    assert (found.city, found.country) == ("Lyon", "France")


def test_a_place_alone_is_no_address():
    found = card("ADR:;;;Lyon;;;France")
    assert (found.city, found.country, found.methods) == ("Lyon", "France", ())


# --- People and words -------------------------------------------------------------------------


def test_others_are_ties():
    found = card(
        "RELATED;TYPE=spouse;VALUE=text:Claire Roux",
        "item1.X-ABRELATEDNAMES:Jean",
        "item1.X-ABLabel:_$!<Brother>!$_",
        "X-MANAGER:Inès",
        "X-EVOLUTION-SPOUSE:Claire R.",
        "item2.X-ABRELATEDNAMES:Rex",
        "item2.X-ABLabel:Chien",
        "RELATED;TYPE=friend:urn:uuid:f81d4fae",
    )
    assert found.ties == (
        CardTie("Claire Roux", "partner"),
        CardTie("Jean", "sibling"),
        CardTie("Inès", "manager"),
        CardTie("Claire R.", "partner"),
        CardTie("Rex", "Chien"),
    )
    assert [kept["value"] for kept in found.extra["vcard"]] == ["urn:uuid:f81d4fae"]


def test_what_android_writes_in_its_own_way_is_read():
    item = "X-ANDROID-CUSTOM:vnd.android.cursor.item/"
    found = card(
        f"{item}nickname;Polo;1;;;;;;;;;;;;;",
        f"{item}contact_event;2009-06-06;1;;;;;;;;;;;;;",
        f"{item}contact_event;--09-01;0;Rentrée;;;;;;;;;;;;",
        f"{item}relation;Claire;14;;;;;;;;;;;;;",
        f"{item}relation;Rex;0;Chien;;;;;;;;;;;;",
        f"{item}other;x;1",
        "TEL;X-Travail:1",
        version="2.1",
    )
    assert found.nickname == "Polo"
    assert found.dates == (CardDate("wedding", PartialDate(6, 6, 2009)), CardDate("Rentrée", PartialDate(1, 9)))
    assert found.ties == (CardTie("Claire", "partner"), CardTie("Rex", "Chien"))
    assert found.methods == (CardMethod("phone", "1", "Travail"),)
    assert [kept["name"] for kept in found.extra["vcard"]] == ["X-ANDROID-CUSTOM"]


def test_an_agent_is_a_card_in_the_card():
    (found, after) = read(
        "BEGIN:VCARD\nVERSION:2.1\nN:Roux;Paul\nAGENT:\nBEGIN:VCARD\nVERSION:2.1\nN:Petit;Lise\nTEL:7\nEND:VCARD\n"
        "TEL:1\nEND:VCARD\nBEGIN:VCARD\nFN:Next One\nEND:VCARD\n"
    )
    assert (found.first_name, [method.value for method in found.methods]) == ("Paul", ["1"])
    assert found.ties == (CardTie("Lise Petit", "assistant"),)
    assert "TEL:7" in found.extra["vcard"][0]["value"]
    assert after.first_name == "Next"


def test_groups_are_tags_and_google_keeps_its_own():
    found = card("CATEGORIES:myContacts,Amis,amis,Chœur\\, ténors,starred")
    assert found.tags == ("Amis", "Chœur, ténors")
    assert found.is_favorite


def test_the_rest_of_a_person():
    found = card(
        "NICKNAME:Polo,Popaul", "ORG:Nordlys;Achats", "TITLE:Acheteur", "ROLE:Achats de bois", "TZ:Europe/Paris",
        "LANG;PREF=2:en", "LANG;PREF=1:fr", "UID:urn:uuid:1", "GENDER:M", "NOTE:Un\\nDeux\\, trois", "NOTE:Quatre",
        version="4.0",
    )  # fmt: skip
    assert (found.nickname, found.organization, found.job_title) == ("Polo, Popaul", "Nordlys", "Acheteur")
    assert (found.time_zone, found.language, found.uid) == ("Europe/Paris", "fr", "urn:uuid:1")
    assert found.notes == "Un\nDeux, trois\n\nQuatre"
    assert [kept["name"] for kept in found.extra["vcard"]] == ["ORG", "ROLE", "LANG", "GENDER"]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["FN:Paul Roux"], ("Paul", "Roux", "")),
        (["FN:Roux\\, Paul"], ("Paul", "Roux", "")),
        (["FN:Maman"], ("Maman", "", "")),
        (["FN:Nordlys", "ORG:Nordlys"], ("", "", "Nordlys")),
        (["FN:Éditions Nordlys", "KIND:org"], ("", "", "Éditions Nordlys")),
        (["N:;;;;", "FN:Nordlys SARL", "ORG:Nordlys SARL;", "X-ABShowAs:COMPANY"], ("", "", "Nordlys SARL")),
        (["N:Lœb;Hélène;Marie;Dr;", "FN:Dr Hélène Lœb"], ("Hélène", "Lœb", "")),
    ],
)
def test_a_name_is_found_where_it_is(lines, name):
    (found,) = read("\n".join(["BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD"]))
    assert (found.first_name, found.last_name, found.organization) == name


def test_a_group_of_people_is_no_person():
    (found,) = read("BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Famille\nMEMBER:urn:uuid:1\nEND:VCARD")
    assert found == Unreadable(1, "This is a group, not a person.", "Famille")


# --- Pictures ---------------------------------------------------------------------------------

PICTURE = b"\xff\xd8\xff picture \xff\xd9"
IN_BASE64 = base64.b64encode(PICTURE).decode()


@pytest.mark.parametrize(
    "line",
    [
        f"PHOTO;ENCODING=b;TYPE=JPEG:{IN_BASE64}",
        f"PHOTO;ENCODING=BASE64;JPEG:\n {IN_BASE64[:9]}\n {IN_BASE64[9:]}\n",
        f"PHOTO;BASE64:{IN_BASE64[:8]}\n{IN_BASE64[8:]}",
        f"PHOTO:data:image/jpeg;base64\\,{IN_BASE64}",
        f"PHOTO:data:image/jpeg;base64,{IN_BASE64}",
    ],
)
def test_a_picture_in_the_card_is_taken(line):
    found = card(line, "NOTE:after")
    assert found.photo == PICTURE
    assert found.notes == "after"


def test_a_picture_elsewhere_is_only_an_address():
    found = card("PHOTO;VALUE=uri:https://example.com/paul.jpg")
    assert found.photo == b""
    assert found.extra["vcard"][0]["value"] == "https://example.com/paul.jpg"


# --- Charsets and lines -----------------------------------------------------------------------

ACCENTS = "BEGIN:VCARD\nVERSION:3.0\nN:Lœb;Hélène;;;\nNOTE:Été à Noël – 5 €\nEND:VCARD\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_accents_are_read_in_each_encoding(encoding):
    (found,) = read(ACCENTS, encoding)
    assert (found.first_name, found.last_name, found.notes) == ("Hélène", "Lœb", "Été à Noël – 5 €")


def test_a_charset_that_is_not_declared_is_found():
    (found,) = read("BEGIN:VCARD\nVERSION:2.1\nN:Толстой;Лев Николаевич\nNOTE:писатель\nEND:VCARD\n", "cp1251")
    assert (found.first_name, found.last_name) == ("Лев Николаевич", "Толстой")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "nonsense", "zlib", "idna", ""])
def test_a_charset_that_is_none_does_no_harm(charset):
    (found,) = read(f"BEGIN:VCARD\nN;CHARSET={charset}:Lœb;Hélène\nEND:VCARD\n")
    assert found.last_name == "Lœb"


def test_any_name_of_a_charset_may_be_declared():
    names = [*aliases, *aliases.values(), "ANSI", "windows-1252", "x" * 5_000, "\u0660", "..", "."]
    for name in names:
        (found,) = read(f"BEGIN:VCARD\nN;CHARSET={name}:Lœb;Hélène\nEND:VCARD\n")
        assert found.last_name in ("Lœb", "")


def test_names_of_charsets_that_nobody_knows_are_not_remembered():
    before = len(encodings._cache)
    read("".join(f"BEGIN:VCARD\nN;CHARSET=x{n}:Lœb\nEND:VCARD\n" for n in range(300)))
    assert len(encodings._cache) < before + 10


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\r\n", b"\r"])
def test_lines_may_end_in_any_way(end):
    lines = [b"BEGIN:VCARD", b"VERSION:3.0", b"FN:Paul R", b" oux", b"", b"TEL:1", b"END:VCARD", b""]
    (found,) = read(end.join(lines))
    assert (found.first_name, found.last_name, len(found.methods)) == ("Paul", "Roux", 1)


def test_quoted_printable_goes_over_lines():
    found = card(
        "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=C3=89t=C3=A9=0D=0A=", "deux=", "", " trois", version="2.1"
    )
    assert found.notes == "Été\ndeux trois"


def test_old_cards_have_backslashes_of_their_own():
    assert card("NOTE:C:\\new\\;x", version="2.1").notes == "C:\\new;x"
    assert card("NOTE:C:\\\\new\\;x").notes == "C:\\new;x"


def test_a_broken_line_of_a_note_belongs_to_it():
    found = card("NOTE:Une note", "qui va à la ligne", "TEL:1", "et une ligne perdue")
    assert found.notes == "Une note\nqui va à la ligne"
    assert found.remarks == ("Line 7 is not understood and left out: “et une ligne perdue”",)


def test_quotation_marks_that_do_not_close_cost_nothing():
    found = card('TEL;TYPE="home:1', f"X-A;{'B=' + chr(34) * 3 + ';'}:2")
    assert found.methods[0].value == "1"


def test_controls_and_halves_of_characters_are_left_out():
    found = card("NOTE:a\0b\x07c\u202ed\u2028e\tf")
    assert found.notes == "abcd\ne f"


# --- One bad card never stops the others ------------------------------------------------------


def test_a_card_that_does_not_end_is_kept_and_the_next_one_too():
    first, second = read("BEGIN:VCARD\nFN:Paul Roux\nBEGIN:VCARD\nFN:Lise Petit\nEND:VCARD\n")
    assert (first.last_name, second.last_name) == ("Roux", "Petit")
    assert first.remarks == ("The end of the card is missing.",)
    assert (first.line, second.line) == (1, 3)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_that_were_put_one_after_the_other_are_all_read(mark):
    first, second = read(f"BEGIN:VCARD\nFN:Paul Roux\nEND:VCARD{mark}BEGIN:VCARD\nFN:Lise Petit\nEND:VCARD")
    assert (first.last_name, second.last_name) == ("Roux", "Petit")
    assert first.remarks == ()


def test_lines_outside_of_cards_are_said_once():
    stray, found, again = read("Hello\nthere\nBEGIN:VCARD\nFN:Paul\nEND:VCARD\n\nFN:Nobody\nEND:VCARD\n")
    assert stray == Unreadable(1, "These lines are in no card.", "Hello")
    assert found.first_name == "Paul"
    assert again.line == 7


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff\xfe", b"\0\0\0\0"])
def test_a_file_without_cards_says_so(data):
    (found,) = read(data)
    assert found.reason in ("There is no card in this file.", "These lines are in no card.")


def test_an_empty_card_is_said():
    assert read("BEGIN:VCARD\nVERSION:3.0\nFN:\nEND:VCARD\n")[0].reason == "There is nothing in this card."


def test_values_are_cut_to_what_the_book_holds_and_that_is_said():
    found = card(f"NICKNAME:{'x' * 400}", f"EMAIL:{'y' * 600}")
    assert len(found.nickname) == 150
    assert len(found.methods[0].value) == 500
    assert [remark[:27] for remark in found.remarks] == ["Longer than 150 characters,", "Longer than 500 characters,"]


def test_what_is_too_long_or_too_much_is_left_out_and_said(monkeypatch):
    monkeypatch.setattr(vcard_syntax, "PROPERTY_BYTES", 2_000)
    monkeypatch.setattr(vcard_syntax, "PROPERTIES", 5)
    found = card(f"NOTE:{'x' * 3_000}", "NOTE:y\n" + " y" * 4 + "\n y" * 2_000, *(f"TEL:{n}" for n in range(9)))
    assert found.notes == ""
    assert [method.value for method in found.methods] == ["0", "1", "2"]
    assert found.remarks == (
        "Line 4: too long, left out.",
        "Line 5: too long, left out.",
        "The card has too many properties: the rest is left out.",
    )


def test_cards_in_cards_in_cards_are_refused_and_the_next_one_is_read():
    deep = "AGENT:\nBEGIN:VCARD\n" * 50 + "END:VCARD\n" * 50
    bad, good = read(f"BEGIN:VCARD\nFN:Paul\n{deep}END:VCARD\nBEGIN:VCARD\nFN:Lise\nEND:VCARD\n")
    assert bad.reason == "It holds cards in cards in cards."
    assert good.first_name == "Lise"


def test_what_cannot_be_kept_beside_the_fields_is_said():
    found = card(*(f"X-LONG-{n}:{'x' * 20_000}" for n in range(4)))
    assert len(found.extra["vcard"]) == 2
    assert found.remarks == ("The card has more than is kept beside the fields: the rest is left out.",)
