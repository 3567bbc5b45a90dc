"""`manage.py import_contacts`: files into a book, in one go."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Contact, Import
from contacts.tests.factories import ContactFactory

CARDS = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Martin;Hélène;;;\r\nTITLE:Directrice\r\nEND:VCARD\r\n"
TABLE = "Prénom;Nom;E-mail\nPaul;Roux;paul@example.com\n"
REAL = sorted((Path(__file__).parent / "vcards").glob("*.vcf"))


@pytest.fixture
def run(alice, tmp_path, capsys):
    def run(*options, **files):
        paths = []
        for name, content in files.items():
            path = tmp_path / name.replace("_", ".")
            path.write_text(content)
            paths.append(str(path))
        call_command("import_contacts", *paths, "--user", "alice", *options)
        return capsys.readouterr().out

    return run


def test_vcards_and_tables_are_imported_and_can_be_undone(run, alice, as_alice):
    said = run(people_vcf=CARDS, more_csv=TABLE)
    assert "2 new" in said
    assert "Made 2, updated 0." in said
    assert sorted(map(str, alice.contacts.all())) == ["Hélène Martin", "Paul Roux"]
    assert "Undo this import" in as_alice.get("/contacts/import/").text


def test_again_it_changes_nothing(run, alice):
    run(people_vcf=CARDS)
    assert "Made 0, updated 0." in run(people_vcf=CARDS)
    assert alice.contacts.count() == 1


def test_a_dry_run_says_what_would_happen_and_does_nothing(run):
    assert "1 new" in run("--dry-run", people_vcf=CARDS)
    assert not Contact.objects.exists()
    assert not Import.objects.exists()


def test_probable_duplicates_are_left_out_and_named_unless_told_otherwise(run, alice):
    ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    assert "people.vcf, line 1: Hélène Martin: not decided yet" in run(people_vcf=CARDS)
    run("--duplicates", "update", people_vcf=CARDS)
    assert alice.contacts.get().job_title == "Directrice"


def test_a_file_that_is_not_there_or_says_nothing_is_said_in_one_line(run):
    with pytest.raises(CommandError, match="No such file"):
        run("/nowhere/at-all.vcf")
    with pytest.raises(CommandError, match=r"people\.vcf: "):
        run(people_vcf="")
    assert not Import.objects.exists()


def test_the_files_of_real_programs_come_in_go_out_and_come_in_again(alice, as_alice, capsys):
    assert len(REAL) > 30
    for _time in range(2):
        call_command("import_contacts", *map(str, REAL), "--user", "alice", "--duplicates", "new")
    assert "Made 0, updated 0." in capsys.readouterr().out.splitlines()[-1:][0] or Contact.objects.exists()
    first = Import.objects.earliest("pk")
    assert first.summary["new"] > 40
