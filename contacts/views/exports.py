"""Taking contacts along: as vCards and as a table."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from contacts import naming
from contacts.exports.cards import card_of, with_everything
from contacts.exports.formats import FORMATS
from contacts.forms.export import ExportForm
from contacts.http import as_download, book_of, streamed


@require_safe
def export_page(request: HttpRequest) -> HttpResponseBase:
    """With a format, the file itself."""
    book = book_of(request)
    form = ExportForm(request.GET, book=book)
    if form.is_valid():
        chosen = FORMATS[form.cleaned_data["format"]]
        response = streamed(request, chosen.write(book, form.contacts()), content_type=chosen.content_type)
        return as_download(response, name=f"contacts-{book.today.isoformat()}.{chosen.suffix}")
    everybody = book.contacts.active().count()
    context = {
        "form": form,
        "is_empty": not everybody and not book.contacts.exists(),
        "filters": [field for field in form.listed if field.data],
        "is_narrowed": form.listed.is_narrowed,
        "in_list": form.found.count(),
        "everybody": everybody,
    }
    return render(request, "contacts/export.html", context, status=422 if form.is_bound else 200)


@require_safe
def contact_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One contact as a vCard; `format` names another format."""
    contact = get_object_or_404(with_everything(book_of(request).contacts), pk=pk)
    chosen = FORMATS.get(request.GET.get("format", "vcard3"))
    if chosen is None:
        raise Http404
    name = "-".join(word for word in naming.words(contact.name) if word.isascii())[:60] or "contact"
    response = HttpResponse(chosen.write_cards([card_of(contact)]), content_type=chosen.content_type)
    return as_download(response, name=f"{name}.{chosen.suffix}")
