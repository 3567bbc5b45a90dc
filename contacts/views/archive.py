"""Taking everything along, and bringing it back into an empty book."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from contacts.archive import reading, writing
from contacts.http import as_download, book_of, streamed


class ArchiveForm(forms.Form):
    archive = forms.FileField(
        label=gettext_lazy("the archive (.zip)"), widget=forms.FileInput(attrs={"accept": ".zip,application/zip"})
    )


@require_safe
def archive_take(request: HttpRequest) -> HttpResponseBase:
    book = book_of(request)
    response = streamed(request, writing.pieces(book), content_type="application/zip")
    return as_download(response, name=f"personal-crm-{book.today.isoformat()}.zip")


@require_http_methods(["GET", "HEAD", "POST"])
def archive_restore(request: HttpRequest) -> HttpResponse:
    book = book_of(request)
    form = ArchiveForm(request.POST, request.FILES) if request.method == "POST" else ArchiveForm()
    if form.is_bound and form.is_valid():
        try:
            counts = reading.restore(book, form.cleaned_data["archive"].file)
        except reading.ArchiveError as error:
            form.add_error("archive", str(error))
        else:
            messages.success(
                request, _("Your book is back: %(count)s contacts.") % {"count": counts.get("contacts", 0)}
            )
            return redirect("dashboard")
    context = {"form": form, "is_empty": reading.is_empty(book)}
    return render(request, "contacts/archive_restore.html", context, status=422 if form.errors else 200)
