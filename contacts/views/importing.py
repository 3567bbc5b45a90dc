"""Files into the book: dropped, looked at, decided on, written in slices, undone."""

import csv
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from contacts.exports.table import guarded
from contacts.forms.importing import ColumnsForm, LayoutForm, RowsForm, SideForm, UploadForm, decisions
from contacts.http import book_of, is_fragment, vary_on_htmx
from contacts.imports import batches, showing, slices, uploads
from contacts.imports.errors import FileError
from contacts.imports.tables import Layout
from contacts.models import Import

PER_PAGE = 50
PAST_SHOWN = 30
State = Import.State


@require_http_methods(["GET", "HEAD", "POST"])
def contact_import(request: HttpRequest) -> HttpResponse:
    book = book_of(request)
    batches.tidy(book)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(uploads.receive(book, [(file.name, file) for file in form.cleaned_data["upload"]]))
        except uploads.NothingReadError as error:
            form.add_error("upload", str(error))
    past = [(batch, batches.can_be_undone(batch, book.now)) for batch in book.imports[:PAST_SHOWN]]
    context = {"form": form, "past": past, "limits": uploads.limits()}
    return render(request, "contacts/import.html", context, status=422 if form.errors else 200)


@require_safe
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch as it is: at work, to be decided, done; while a table waits for its columns, that table."""
    batch = _batch_or_404(request, pk)
    if batch.state == State.MAPPING and (waiting := batch.files.filter(is_read=False).first()):
        return redirect("import_columns", batch.pk, waiting.pk)
    return _render(request, batch, part="rows")


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """What the columns of a table are; the address says how it is laid out where that was not found well."""
    batch = _batch_or_404(request, pk)
    table = get_object_or_404(batch.files.exclude(content=b""), pk=file)
    layout_form = LayoutForm(request.GET)
    try:
        layout = uploads.layout_of(table, **layout_form.said)
    except FileError as error:
        messages.error(request, str(error))
        layout = uploads.layout_of(table)
    form = ColumnsForm(request.POST if request.method == "POST" else None, layout=layout)
    if form.is_bound and form.is_valid():
        return _read_columns(request, pk, file, uploads.with_columns(layout, form.mapping, layout.date_order))
    context = {
        "batch": batch,
        "file": table,
        "form": form,
        "columns": showing.columns(form, layout),
        "layout_form": LayoutForm(initial=showing.layout(layout)),
        "query": request.GET.urlencode(),
    }
    return render(request, "contacts/import_columns.html", context, status=422 if form.errors else 200)


def _read_columns(request: HttpRequest, pk: int, file: int, layout: Layout) -> HttpResponse:
    try:
        with transaction.atomic():
            batch = _locked_or_404(request, pk)
            table = batch.files.exclude(content=b"").filter(pk=file).first()
            if table and batch.state in (State.MAPPING, State.READY):
                uploads.read_again(book_of(request), table, layout)
    except batches.TooManyRowsError as error:
        messages.error(request, str(error))
    return redirect("import_batch", pk)


@require_POST
def import_choices(request: HttpRequest, pk: int) -> HttpResponse:
    """What the user decides, for some rows or for all of a kind."""
    form = SideForm(request.POST)
    form.is_valid()
    with transaction.atomic():
        batch = _locked_or_404(request, pk)
        if batch.is_decidable:
            batches.decide(book_of(request), batch, decisions(request.POST))
            if side := form.cleaned_data.get("side"):
                batches.choose_side(batch, takes_file=side == "file")
            if decision := form.cleaned_data.get("duplicates"):
                batches.decide_all_duplicates(batch, decision)
    if is_fragment(request):
        return _render(request, batch, part="preview")
    return redirect(f"{batch.get_absolute_url()}?{request.GET.urlencode()}")


@require_POST
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    return _begin(request, pk, State.WRITING, from_states=Import.DECIDABLE)


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    if not batches.can_be_undone(_batch_or_404(request, pk), book_of(request).now):
        messages.error(request, _("This import can no longer be undone."))
        return redirect("contact_import")
    return _begin(request, pk, State.UNDOING, from_states=(State.DONE,))


def _begin(
    request: HttpRequest, pk: int, state: Import.State, *, from_states: tuple[Import.State, ...]
) -> HttpResponse:
    """Whoever comes second finds it begun."""
    with transaction.atomic():
        batch = _locked_or_404(request, pk)
        if batch.state in from_states:
            slices.start(batch, state)
    return redirect(batch)


@require_POST
def import_go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """About a second of work; the answer asks for the next one."""
    _batch_or_404(request, pk)
    batch = slices.advance(book_of(request), pk)
    if not is_fragment(request):
        return redirect(batch)
    if batch.is_at_work:
        return _render(request, batch, part="progress")
    return HttpResponseClientRedirect(batch.get_absolute_url())


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets a batch of which nothing was written."""
    with transaction.atomic():
        batch = _locked_or_404(request, pk)
        if batch.is_discardable:
            batch.delete()
            messages.success(request, _("Nothing was imported from %(files)s.") % {"files": batch.name})
    return redirect("contact_import")


@require_safe
def import_left_out(request: HttpRequest, pk: int) -> HttpResponse:
    """As a table for a spreadsheet: who of the files is not in the book, and why."""
    batch = _batch_or_404(request, pk)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="left-out.csv"'
    table = csv.writer(response)
    table.writerow([_("file"), _("line"), _("name"), _("reason")])
    for row in batch.rows.left_out().select_related("file").defer("card").iterator():
        cells = (row.file.name, str(row.line), row.label, str(row.why_left_out))
        table.writerow(map(guarded, cells))
    return response


def _render(request: HttpRequest, batch: Import, *, part: str) -> HttpResponse:
    """The page, or the `part` of it that htmx asks for."""
    fragment = f"#{part}" if is_fragment(request) else ""
    left = slices.left(batch)
    context = {
        "batch": batch,
        "done": batch.total - left,
        "percent": 100 * (batch.total - left) // batch.total if batch.total else 100,
    }
    if not batch.is_at_work:
        context |= _decisions(request, batch)
    return vary_on_htmx(render(request, f"contacts/import_batch.html{fragment}", context))


def _decisions(request: HttpRequest, batch: Import) -> dict[str, Any]:
    """The rows of a batch that nobody works at, and what can be done about them."""
    book = book_of(request)
    form = RowsForm(request.GET)
    form.is_valid()
    show = form.cleaned_data.get("show", "")
    page = Paginator(batch.rows.shown(show), PER_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "rows": showing.shown(book, batch, list(page.object_list)),
        "show": show,
        "query": urlencode({"show": show}) if show else "",
        "tabs": showing.tabs(batch),
        "tables": showing.tables_of(batch),
        "summary": batch.rows.summary(),
        "can_be_undone": batches.can_be_undone(batch, book.now),
        "form": SideForm(initial={"side": "file" if batch.takes_file else "mine"}),
    }


def _batch_or_404(request: HttpRequest, pk: int) -> Import:
    return get_object_or_404(book_of(request).imports, pk=pk)


def _locked_or_404(request: HttpRequest, pk: int) -> Import:
    """Nobody else works at it until the transaction ends."""
    return get_object_or_404(book_of(request).imports.select_for_update(), pk=pk)
