"""The list of contacts; one contact shown, entered, put away, deleted."""

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from contacts import people, timeline
from contacts.forms.contact import ROWS, ContactForms
from contacts.forms.fields import time_zones
from contacts.forms.listing import ListForm
from contacts.http import book_of, is_fragment, vary_on_htmx
from contacts.models import Contact
from contacts.paging import Count
from contacts.views.page import contact_or_404, render_contact

PER_PAGE = 50


@require_safe
def contact_list(request: HttpRequest) -> HttpResponse:
    book = book_of(request)
    form = ListForm(request.GET, book=book)
    page, count = form.page(size=PER_PAGE, after=_id(request, "after"), before=_id(request, "before"))
    address = request.GET.copy()
    for place in ("after", "before"):
        address.pop(place, None)
    context = {"form": form, "page": page, "count": count, "counted": _counted(count), "query": address.urlencode()}
    template = "contacts/rows.html" if is_fragment(request) else "contacts/list.html"
    return vary_on_htmx(render(request, template, context))


def _counted(count: Count) -> str:
    words = {"shown": intcomma(count.number)}
    if count.is_more:
        return _("More than %(shown)s contacts") % words
    return ngettext("%(shown)s contact", "%(shown)s contacts", count.number) % words


def _id(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value[:18]) if value.isdecimal() else None


@require_safe
def contact_page(request: HttpRequest, pk: int) -> HttpResponse:
    contact = contact_or_404(request, pk)
    before = _id(request, "before")
    if before is not None:
        return _older(request, contact, before)
    return render_contact(request, contact)


def _older(request: HttpRequest, contact: Contact, before: int) -> HttpResponse:
    book = book_of(request)
    context = {"contact": contact, "now": book.now, "timeline": timeline.of(book, contact, before=before)}
    fragment = "#older" if is_fragment(request) else ""
    return vary_on_htmx(render(request, f"contacts/timeline.html{fragment}", context))


@require_http_methods(["GET", "HEAD", "POST"])
def contact_new(request: HttpRequest) -> HttpResponse:
    return _entered(request, Contact())


@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _entered(request, contact_or_404(request, pk))


def _entered(request: HttpRequest, contact: Contact) -> HttpResponse:
    book = book_of(request)
    is_new = contact.pk is None
    name = "" if is_new else contact.name
    forms = ContactForms(book, contact, request.POST if request.method == "POST" else None)
    if request.method == "POST" and forms.is_valid():
        contact = forms.save()
        said = _("%(name)s is in your book.") if is_new else _("%(name)s is saved.")
        messages.success(request, said % {"name": contact})
        return redirect(contact)
    context = {
        "forms": forms,
        "contact": None if is_new else contact,
        "name": name,
        "organizations": book.organizations.values_list("name", flat=True)[:500],
        "time_zones": time_zones(),
    }
    return render(request, "contacts/form.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def contact_formset_row(request: HttpRequest, prefix: str) -> HttpResponse:
    """One more empty line for a table of the form."""
    number = request.GET.get(f"{prefix}-TOTAL_FORMS", "")
    if prefix not in ROWS or not number.isdecimal() or int(number) >= ROWS[prefix].max_num:
        raise Http404
    row = ROWS[prefix](prefix=prefix).empty_form
    row.prefix = f"{prefix}-{number}"
    context = {"row": row, "prefix": prefix, "total": int(number) + 1}
    return render(request, "contacts/form.html#one_more", context)


@require_POST
def contact_favorite(request: HttpRequest, pk: int) -> HttpResponse:
    contact = contact_or_404(request, pk)
    contact.is_favorite = "on" in request.POST
    contact.save(update_fields=["is_favorite"])
    if is_fragment(request):
        return render(request, "contacts/contact.html#favorite", {"contact": contact})
    return redirect(contact)


@require_POST
def contact_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts the contact away; without `on`, takes it out again."""
    contact = contact_or_404(request, pk)
    contact.is_archived = "on" in request.POST
    contact.save(update_fields=["is_archived"])
    said = _("%(name)s is archived.") if contact.is_archived else _("%(name)s is back in your book.")
    messages.success(request, said % {"name": contact})
    return redirect(contact)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_delete(request: HttpRequest, pk: int) -> HttpResponse:
    contact = contact_or_404(request, pk)
    if request.method == "POST":
        name = str(contact)
        contact.delete()
        messages.success(request, _("%(name)s is deleted.") % {"name": name})
        return redirect("contacts")
    return render(request, "contacts/delete.html", {"contact": contact, "belongings": contact.belongings()})


@require_GET
def people_offers(request: HttpRequest) -> HttpResponse:
    """What a field that names somebody offers for what is in it; `field` is the field's name."""
    text = request.GET.get(request.GET.get("field", ""), "")
    return render(request, "contacts/widgets/offers.html", {"offers": people.offers(book_of(request), text[:200])})
