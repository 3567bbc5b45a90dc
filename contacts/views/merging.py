"""Who is in the book twice: shown, decided on, made one, and two again."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import merging
from contacts.duplicates import Pair
from contacts.duplicates.remembered import Search
from contacts.forms.merging import MergeForm, OtherForm
from contacts.http import book_of, is_fragment, vary_on_htmx
from contacts.models import Contact, Merge, NotSame
from contacts.views.page import contact_or_404

PER_PAGE = 20
NOTED_SHOWN = 50


@dataclass(frozen=True)
class Twins:
    """A pair as the page shows it."""

    one: Contact
    other: Contact
    pair: Pair

    @property
    def percent(self) -> int:
        return round(self.pair.score * 100)


@require_safe
def duplicates_page(request: HttpRequest) -> HttpResponse:
    return _render_pairs(request)


def _render_pairs(request: HttpRequest, *, said: str = "") -> HttpResponse:
    book = book_of(request)
    fragment = is_fragment(request)
    search = Search(book)
    is_ready = fragment or "now" in request.GET or search.is_quick
    context: dict[str, Any] = {"is_ready": is_ready, "said": said}
    if is_ready:
        context["page"] = _page(search, request.GET.get("page") or request.POST.get("page"))
    if not fragment:
        people = ("one__organization", "other__organization")
        context["different"] = book.not_same.select_related(*people)[:NOTED_SHOWN]
        context["merges"] = book.merges.undoable(book.now).select_related("kept__organization").defer("changes")
    template = f"contacts/duplicates.html{'#pairs' if fragment else ''}"
    return vary_on_htmx(render(request, template, context))


def _page(search: Search, number: str | None) -> Page[Twins]:
    page: Page[Any] = Paginator(search.pairs(), PER_PAGE).get_page(number)
    wanted = {pk for pair in page for pk in (pair.one, pair.other)}
    people = search.book.contacts.filter(pk__in=wanted).select_related("organization").in_bulk()
    page.object_list = [
        Twins(people[pair.one], people[pair.other], pair)
        for pair in page
        if pair.one in people and pair.other in people
    ]
    return page


@require_POST
def not_same(request: HttpRequest) -> HttpResponse:
    """«These are not the same», remembered."""
    book = book_of(request)
    asked = [request.POST.get(name, "") for name in ("one", "other")]
    pks = sorted({int(pk) for pk in asked if pk.isdecimal() and len(pk) < 19})
    found = list(book.contacts.filter(pk__in=pks).order_by("pk"))
    if len(found) != 2:
        raise Http404
    NotSame.objects.get_or_create(one=found[0], other=found[1])
    said = _("Noted: %(one)s and %(other)s are two people.") % {"one": found[0], "other": found[1]}
    if is_fragment(request):
        return _render_pairs(request, said=said)
    messages.success(request, said)
    page = request.POST.get("page", "")
    return redirect(f"{reverse('duplicates')}{f'?page={page}' if page.isdecimal() else ''}")


@require_POST
def not_same_forget(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(book_of(request).not_same, pk=pk).delete()
    messages.success(request, _("They may be suggested again."))
    return redirect("duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
def merge_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks with whom."""
    contact = contact_or_404(request, pk)
    form = OtherForm(request.POST or None, book=book_of(request), contact=contact)
    if request.method == "POST" and form.is_valid():
        return redirect("merge", contact.pk, form.cleaned_data["other"].pk)
    context = {"contact": contact, "form": form}
    return render(request, "contacts/merge_choose.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def merge_page(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Side by side; on `POST`, `other` becomes part of `pk`."""
    kept, gone = contact_or_404(request, pk), contact_or_404(request, other)
    if kept == gone:
        return redirect(kept)
    form = MergeForm(request.POST if request.method == "POST" else None, kept=kept, gone=gone)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            merge = merging.merge(
                book_of(request), kept.pk, gone.pk, choices=form.choices, as_seen=form.cleaned_data["as_seen"]
            )
        except merging.Stale:
            problem = _("One of the two was changed meanwhile. Look again: nothing was merged.")
            form = MergeForm(None, kept=contact_or_404(request, pk), gone=contact_or_404(request, other))
        else:
            messages.success(request, _merged_message(merge))
            return redirect(kept)
    context = {
        "kept": kept,
        "gone": gone,
        "form": form,
        "problem": problem,
        "methods": [list(contact.methods.all()) for contact in (kept, gone)],
        "belongings": [contact.belongings() for contact in (kept, gone)],
    }
    return render(request, "contacts/merge.html", context, status=422 if problem or form.errors else 200)


def _merged_message(merge: Merge) -> str:
    words = {"name": merge.name, "kept": merge.kept}
    where = format_html('<a href="{}#merges">{}</a>', reverse("duplicates"), _("Undo"))
    return format_html("{} {}", _("%(name)s is now part of %(kept)s.") % words, where)


@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    book = book_of(request)
    merge = get_object_or_404(book.merges.undoable(book.now), pk=pk)
    try:
        other = merging.undo(book, merge)
    except merging.ChangedSince as refused:
        what = ", ".join(dict.fromkeys(refused.what[:5]))
        messages.error(request, _("This merge cannot be undone: changed since then: %(what)s.") % {"what": what})
        return redirect(f"{reverse('duplicates')}#merges")
    messages.success(request, _("%(kept)s and %(other)s are two again.") % {"kept": merge.kept, "other": other})
    return redirect(other)
