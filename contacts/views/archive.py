"""Taking everything along, and bringing it back into an empty book."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from contacts.archive import reading, writing
from contacts.archive.opening import ArchiveError
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
            restored = reading.restore(book, form.cleaned_data["archive"].file)
        except ArchiveError as error:
            form.add_error("archive", str(error))
        else:
            count = restored.counts.get("contacts", 0)
            said = ngettext("Your book is back: %(count)s contact.", "Your book is back: %(count)s contacts.", count)
            messages.success(request, said % {"count": number_format(count, force_grouping=True)})
            if restored.left:
                left = {"files": ", ".join(restored.left)}
                messages.warning(request, _("Left in the archive, because nothing here reads it: %(files)s.") % left)
            return redirect("dashboard")
    context = {"form": form, "in_the_way": reading.in_the_way(book)}
    return render(request, "contacts/archive_restore.html", context, status=422 if form.errors else 200)
