"""Tables of real programs: how they are laid out is found, and each row gives what a person reads in it."""

import datetime as dt
import io
from dataclasses import replace

import pytest
from django.utils.translation import override

from contacts.imports import tables
from contacts.imports.card import Card, CardDate, CardMethod, CardTie, Unreadable
from contacts.imports.errors import FileError
from contacts.partial_dates import PartialDate


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def stream(text, encoding="utf-8"):
    return io.BytesIO(text if isinstance(text, bytes) else text.encode(encoding))


def read(text, encoding="utf-8", **known):
    file = stream(text, encoding)
    layout = tables.sniff(file, **known)
    return layout, list(tables.read(file, layout))


def methods(card):
    return [(method.kind, method.value, method.label, method.is_primary) for method in card.methods]


GOOGLE_NEW = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Nickname,File As,Organization Name,"
    "Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Formatted,"
    "Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,"
    "Address 1 - Country,Website 1 - Label,Website 1 - Value,Event 1 - Label,Event 1 - Value,Relation 1 - Label,"
    "Relation 1 - Value,Custom Field 1 - Label,Custom Field 1 - Value\n"
    "Hélène,Marie,Lœb,,Dr,Léna,,Nordlys,Éditrice,Achats,--04-02,\"Une\nnote\",https://x.example/p,"
    "* myContacts ::: Amis ::: * starred,* Work,h@example.com ::: h2@example.com,Home,h@home.example,Mobile,"
    "+33 6 12 34 56 78,Home,\"12 rue A\n69003 Lyon\",12 rue A,Lyon,,,69003,France,Blog,https://l.example,"
    "Anniversary,2009-06-06,Spouse,Marc Lœb,Taille,42\n"
)  # fmt: skip


def test_googles_export():
    layout, (card,) = read(GOOGLE_NEW)
    assert (layout.name, layout.delimiter, layout.header_line) == ("Google Contacts", ",", 1)
    assert (card.first_name, card.last_name, card.nickname) == ("Hélène", "Lœb", "Léna")
    assert (card.organization, card.job_title, card.notes) == ("Nordlys", "Éditrice", "Une\nnote")
    assert card.birthday == PartialDate(2, 4)
    assert methods(card) == [
        ("email", "h@example.com", "work", True),
        ("email", "h2@example.com", "work", False),
        ("email", "h@home.example", "home", False),
        ("phone", "+33 6 12 34 56 78", "mobile", False),
        ("address", "12 rue A, 69003 Lyon, France", "home", False),
        ("url", "https://l.example", "Blog", False),
    ]
    assert (card.city, card.country) == ("Lyon", "France")
    assert card.dates == (CardDate("wedding", PartialDate(6, 6, 2009)),)
    assert card.ties == (CardTie("Marc Lœb", "partner"),)
    assert (card.tags, card.is_favorite) == (("Amis",), True)
    kept = {"Middle Name": "Marie", "Name Prefix": "Dr", "Organization Department": "Achats", "Taille": "42"}
    assert card.extra == {"table": kept}


def test_googles_older_export():
    layout, (card,) = read(
        "Name,Given Name,Additional Name,Family Name,Yomi Name,Nickname,Birthday,Gender,Notes,Group Membership,"
        "E-mail 1 - Type,E-mail 1 - Value,IM 1 - Type,IM 1 - Service,IM 1 - Value,Phone 1 - Type,Phone 1 - Value,"
        "Organization 1 - Type,Organization 1 - Name,Organization 1 - Title\n"
        "Paul Roux,Paul,,Roux,,,1990-04-02,,,* myContacts,* Home,p@example.com,Other,Skype,paul.roux,Work Fax,"
        "01 23,,Nordlys,Acheteur\n"
    )
    assert layout.name == "Google Contacts"
    assert (card.first_name, card.last_name, card.organization, card.job_title) == (
        "Paul", "Roux", "Nordlys", "Acheteur",
    )  # fmt: skip
    assert card.birthday == PartialDate(2, 4, 1990)
    assert methods(card) == [
        ("email", "p@example.com", "home", True),
        ("social", "paul.roux", "Skype", False),
        ("phone", "01 23", "work, fax", False),
    ]


def test_outlooks_export():
    layout, (card,) = read(
        '"Title","First Name","Middle Name","Last Name","Suffix","Company","Department","Job Title","Business Street",'
        '"Business City","Business State","Business Postal Code","Business Country/Region","Home Street","Home City",'
        '"Home Country/Region","Business Fax","Business Phone","Home Phone","Mobile Phone","Anniversary",'
        '"Assistant\'s Name","Birthday","Categories","E-mail Address","E-mail Type","E-mail Display Name","Notes",'
        '"Spouse","Web Page"\r\n'
        '"Mr.","John","","Doe","","IBM","","Accountant","1 Main St","Austin","TX","12345","USA","2 Elm St","Boston",'
        '"USA","555-1","555-2","555-3","555-4","6/13/2009","Jenny","4/2/1990","Friends;Work","j@example.com","SMTP",'
        '"John Doe (j@example.com)","Hello","Jane","http://j.example"\r\n'
    )
    assert (layout.name, layout.date_order) == ("Outlook", "mdy")
    assert (card.first_name, card.last_name, card.organization, card.job_title) == ("John", "Doe", "IBM", "Accountant")
    assert card.birthday == PartialDate(2, 4, 1990)
    assert card.dates == (CardDate("wedding", PartialDate(13, 6, 2009)),)
    assert card.ties == (CardTie("Jenny", "assistant"), CardTie("Jane", "partner"))
    assert card.tags == ("Friends", "Work")
    assert methods(card) == [
        ("address", "1 Main St, 12345 Austin, TX, USA", "work", False),
        ("address", "2 Elm St, Boston, USA", "home", False),
        ("phone", "555-1", "work, fax", False),
        ("phone", "555-2", "work", False),
        ("phone", "555-3", "home", False),
        ("phone", "555-4", "mobile", False),
        ("email", "j@example.com", "", False),
        ("url", "http://j.example", "", False),
    ]


def test_outlooks_export_in_french():
    with override("fr"):
        layout, (card,) = read(
            '"Titre";"Prénom";"Deuxième prénom";"Nom";"Suffixe";"Société";"Service";"Titre";"Rue (bureau)";'
            '"Ville (bureau)";"Code postal (bureau)";"Pays/Région (bureau)";"Télécopie (bureau)";"Téléphone (bureau)";'
            '"Téléphone (domicile)";"Tél. mobile";"Anniversaire";"Anniversaire de mariage ou fête";'
            '"Adresse de messagerie";"Type de messagerie";"Nom complet de l\'adresse de messagerie";"Conjoint(e)"\r\n'
            '"M.";"Paul";"";"Roux";"";"Nordlys";"";"Acheteur";"1 rue A";"Lyon";"69003";"France";"01";"02";"03";"06";'
            '"02/04/1990";"0/0/00";"p@example.com";"SMTP";"Paul Roux";"Claire"\r\n',
            "cp1252",
        )
    assert (layout.name, layout.delimiter, layout.encoding, layout.date_order) == ("Outlook", ";", "cp1252", "dmy")
    assert (card.first_name, card.last_name, card.organization, card.job_title) == (
        "Paul", "Roux", "Nordlys", "Acheteur",
    )  # fmt: skip
    assert card.birthday == PartialDate(2, 4, 1990)
    assert methods(card) == [
        ("address", "1 rue A, 69003 Lyon, France", "travail", False),
        ("phone", "01", "travail, fax", False),
        ("phone", "02", "travail", False),
        ("phone", "03", "domicile", False),
        ("phone", "06", "mobile", False),
        ("email", "p@example.com", "", False),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
        "Prénom,Nom,URL,Adresse e-mail,Entreprise,Poste,Date de connexion",
    ],
)
def test_linkedins_connections_after_their_preamble(header):
    layout, (card,) = read(
        'Notes:\n"When exporting your connection data, you may notice that some of the email addresses are missing."\n'
        f"\n{header}\nPaul,Roux,https://www.linkedin.com/in/paul,p@example.com,Nordlys,Acheteur,02 Apr 2023\n"
    )
    assert (layout.name, layout.header_line) == ("LinkedIn", 4)
    assert (card.first_name, card.last_name, card.organization, card.job_title) == (
        "Paul", "Roux", "Nordlys", "Acheteur",
    )  # fmt: skip
    assert card.met_on == dt.date(2023, 4, 2)
    assert [value for _kind, value, *_rest in methods(card)] == ["https://www.linkedin.com/in/paul", "p@example.com"]
    assert card.line == 5


def test_thunderbirds_export():
    layout, (card,) = read(
        "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,Work Phone,Home Phone,"
        "Fax Number,Pager Number,Mobile Number,Home Address,Home Address 2,Home City,Home State,Home ZipCode,"
        "Home Country,Work Address,Work City,Job Title,Department,Organization,Web Page 1,Birth Year,Birth Month,"
        "Birth Day,Custom 1,Notes\n"
        "Paul,Roux,Paul Roux,Polo,p@example.com,p2@example.com,,01,02,03,,06,1 rue A,Bât. B,Lyon,,69003,France,"
        "2 rue C,Paris,Acheteur,,Nordlys,https://p.example,1990,4,2,Bleu,Hop\n"
    )
    assert layout.name == "Thunderbird"
    assert (card.first_name, card.last_name, card.nickname, card.city) == ("Paul", "Roux", "Polo", "Lyon")
    assert card.birthday == PartialDate(2, 4, 1990)
    assert ("address", "1 rue A, Bât. B, 69003 Lyon, France", "home", False) in methods(card)
    assert ("address", "2 rue C, Paris", "work", False) in methods(card)
    assert ("phone", "03", "fax", False) in methods(card)
    assert card.extra == {"table": {"Custom 1": "Bleu"}}


def test_any_other_table_and_its_french_names_of_columns():
    _layout, (card,) = read("Nom;Courriel;Téléphone;Ville;Né(e) le\nPaul Roux;p@example.com;06;Lyon;2/4\n")
    assert (card.first_name, card.last_name, card.city) == ("Paul", "Roux", "Lyon")
    assert [value for _kind, value, *_rest in methods(card)] == ["p@example.com", "06"]
    assert card.extra == {"table": {"Né(e) le": "2/4"}}


# --- Encodings, delimiters, dates -------------------------------------------------------------

ACCENTS = "Prénom{0}Nom{0}Ville\nHélène{0}Lœb{0}Saint-Étienne\nZoé{0}Noël{0}Orléans\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac-roman"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(encoding, sign):
    layout, (helene, zoe) = read(ACCENTS.format(sign), encoding)
    assert layout.delimiter == sign
    assert (helene.first_name, helene.last_name, helene.city) == ("Hélène", "Lœb", "Saint-Étienne")
    assert (zoe.first_name, zoe.last_name) == ("Zoé", "Noël")


def test_what_is_found_can_be_put_right():
    file = stream("Name;Phone;Birthday;Code\nPaul Roux;01;2/4/1990;x\n")
    layout = tables.sniff(file, date_order="mdy")
    layout = replace(layout, mapping=layout.mapping | {3: "nickname"})
    (card,) = tables.read(file, layout)
    assert (card.birthday, card.nickname) == (PartialDate(4, 2, 1990), "x")
    assert tables.sniff(file, delimiter=",").columns == ("Name;Phone;Birthday;Code",)
    assert tables.sniff(file, header_line=0).columns[0] == "Column 1"


@pytest.mark.parametrize(
    ("days", "order"),
    [(["13/04/1990", "2/4/1990"], "dmy"), (["4/13/1990", "2/4/1990"], "mdy"), (["2/4/1990"], "dmy")],
)
def test_the_order_of_day_and_month_is_found_in_the_dates(days, order):
    layout, _cards = read("Name,Birthday\n" + "".join(f"Paul,{day}\n" for day in days))
    assert layout.date_order == order


def test_excels_own_first_line_is_none():
    layout, (card,) = read("sep=;\nName;Email\nPaul;p@example.com\n")
    assert (layout.delimiter, layout.header_line, card.first_name) == (";", 2, "Paul")


def test_a_table_without_names_of_columns():
    layout, (first, second) = read("Paul,p@example.com\nLise,l@example.com\n")
    assert layout.header_line == 0
    assert (layout.columns, layout.mapping) == (("Column 1", "Column 2"), {1: "email"})
    assert (first.extra, second.extra) == ({"table": {"Column 1": "Paul"}}, {"table": {"Column 1": "Lise"}})


def test_each_field_has_a_name_in_both_languages():
    assert len({field.key for field in tables.FIELDS}) == len(tables.FIELDS)
    for language in ("en", "fr"):
        with override(language):
            assert len({str(field.label) for field in tables.FIELDS}) == len(tables.FIELDS)


# --- Broken tables ----------------------------------------------------------------------------


def reasons(cards):
    return [(card.line, card.reason) for card in cards if isinstance(card, Unreadable)]


def test_a_quotation_mark_that_never_closes_costs_its_own_row():
    _layout, cards = read('Name,Email\nPaul,p@example.com\n"Lise,l@example.com\nZoé,z@example.com\nMax,m@example.com\n')
    assert [card.first_name for card in cards if isinstance(card, Card)] == ["Paul", "Zoé", "Max"]
    assert reasons(cards) == [(3, "A quotation mark is never closed.")]


def test_a_french_table_made_by_hand_is_understood():
    _layout, (card,) = read("Identité;Née le;Courriel\nJeanne Morel;12/03/1980;jeanne@example.com\n")
    assert (card.first_name, card.last_name, card.birthday) == ("Jeanne", "Morel", PartialDate(12, 3, 1980))


def test_rows_of_other_lengths_are_read():
    _layout, (short, long) = read("Name,Email,Notes\nPaul\nLise,l@example.com,Hello,and,more\n")
    assert short.first_name == "Paul"
    assert (long.notes, long.extra) == ("Hello", {"table": {"Column 4": "and", "Column 5": "more"}})


@pytest.mark.parametrize("wrong", ["3", "[1]", "null", '""x""'])
def test_other_properties_that_are_not_what_they_are_called_stop_nobody(wrong):
    table = f'First name,Extra (JSON),Shoe size\nPaul,"{{""table"": {wrong}}}",42\nLise,,38\n'
    _layout, (paul, lise) = read(table)
    assert (paul.extra, lise.extra) == ({"table": {"Shoe size": "42"}}, {"table": {"Shoe size": "38"}})


def test_a_million_columns_are_refused_and_the_next_row_is_read():
    _layout, cards = read("Name,Email\n" + "x," * 400_000 + "\nPaul,p@example.com\n")
    assert reasons(cards) == [(2, "The row has too many columns.")]
    assert cards[-1].first_name == "Paul"


def test_what_is_too_long_is_refused_and_the_next_row_is_read():
    _layout, cards = read(f"Name,Email\n{'x' * 200_000},y\n{'x' * 2_000_000},y\nPaul,p@example.com\n")
    assert reasons(cards) == [(2, "The row is too long."), (3, "The row is too long.")]
    assert cards[-1].first_name == "Paul"


def test_a_nul_is_nothing():
    _layout, (card,) = read("Name,Email\nPa\0ul,p@example.com\n")
    assert card.first_name == "Paul"


def test_a_date_that_is_none_is_kept_and_said():
    _layout, (card,) = read("Name,Birthday,Anniversary\nPaul,soon,1990-02-30\n")
    assert card.remarks == ("The birthday “soon” is not understood.", "The date “1990-02-30” is not understood.")
    assert card.extra == {"table": {"Birthday": "soon", "Anniversary": "1990-02-30"}}


def test_a_row_of_nothing_is_said():
    _layout, cards = read("Name,Email,Photo\n,,\n,,http://x.example\nPaul,,\n")
    assert reasons(cards) == [(3, "There is nothing in this row.")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "There is no row in this table."),
        ("\n\n", "There is no row in this table."),
        ("some words\nand more", "No columns are found in this file."),
    ],
)
def test_what_is_no_table_is_refused(text, reason):
    with pytest.raises(FileError, match=reason):
        tables.sniff(stream(text))


def test_names_of_columns_alone_are_no_contact():
    _layout, (found,) = read("Name,Email\n")
    assert found.reason == "There is no row in this table."


def test_a_cell_that_was_kept_from_running_is_itself_again():
    _layout, (paul, lise) = read("Name,Notes,Phone\nPaul,'=1+1,'+33 6\nLise,''=1,'tis\n")
    assert (paul.notes, paul.methods) == ("=1+1", (CardMethod("phone", "+33 6"),))
    assert (lise.notes, lise.methods) == ("'=1", (CardMethod("phone", "'tis"),))
