"""Taking contacts along as a person does: the list is narrowed, and what one sees is in the file."""

from pathlib import Path

import pytest

from contacts.tests.factories import ContactFactory

pytestmark = pytest.mark.browser


def test_what_is_seen_in_the_list_is_downloaded(page, sign_in, alice):
    for first, last in [("Anna", "Zola"), ("Paul", "Roux"), ("Lise", "Roux")]:
        ContactFactory(owner=alice, first_name=first, last_name=last)
    sign_in(alice)
    page.goto("/contacts/")
    page.get_by_label("Search", exact=True).fill("roux")
    page.get_by_text("2 contacts").wait_for()
    page.get_by_role("link", name="Export").click()
    assert page.get_by_label("The list as you filtered it (2)").is_checked()
    page.get_by_label("CSV").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [["Lise", "Roux"], ["Paul", "Roux"]]
    assert download.value.suggested_filename.endswith(".csv")


def test_one_contact_is_downloaded_from_its_page(page, sign_in, alice):
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    sign_in(alice)
    page.goto(paul.get_absolute_url())
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert download.value.suggested_filename == "paul-roux.vcf"
    assert "FN:Paul Roux" in Path(download.value.path()).read_text()
