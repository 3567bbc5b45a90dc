"""The import in Chromium: files dropped on the page, progress that goes on by itself, a choice, an undo."""

import pytest

from contacts.models import Contact
from contacts.tests.factories import ContactFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CARDS = "".join(
    f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:{last};{first};;;\r\nTITLE:Directrice\r\nEND:VCARD\r\n"
    for first, last in [("Hélène", "Martin"), ("Paul", "Roux")]
)
# What a browser hands over when a file is dropped from another program.
DROP = """(text) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "people.vcf", { type: "text/vcard" }));
  const dragged = { dataTransfer: data, bubbles: true, cancelable: true };
  for (const name of ["dragenter", "dragover", "drop"])
    document.getElementById("drop-zone").dispatchEvent(new DragEvent(name, dragged));
}"""


def test_files_are_dropped_looked_at_imported_and_undone(page, sign_in, alice):
    helene = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    sign_in(alice)
    page.goto("/contacts/")
    page.get_by_role("link", name="Import").click()
    page.wait_for_url("**/contacts/import/")
    page.evaluate(DROP, CARDS)
    page.locator("#drop-names", has_text="people.vcf").wait_for()
    page.get_by_role("button", name="See what will happen").click()
    page.get_by_text("1 probable duplicate waits for your decision").wait_for()
    page.get_by_label("What to do with Hélène Martin").select_option(f"update:{helene.pk}")
    page.get_by_role("button", name="Import 2 people").click()
    page.get_by_text("1 new contact").wait_for()
    helene.refresh_from_db()
    assert helene.job_title == "Directrice"
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_text("Your book is as it was before.").wait_for()
    helene.refresh_from_db()
    assert helene.job_title == ""
    assert list(Contact.objects.all()) == [helene]


def test_files_that_are_too_large_are_said_before_they_are_sent(page, sign_in, alice, settings):
    settings.UPLOAD_MAX_BYTES = 100
    sign_in(alice)
    page.goto("/contacts/import/")
    page.evaluate(DROP, CARDS)
    page.get_by_text("Together, the files are larger than").wait_for()
    page.get_by_role("button", name="See what will happen").click()
    assert page.url.endswith("/contacts/import/")
