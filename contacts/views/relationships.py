"""Who is what to a contact: said and taken back on the contact's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.forms.relationship import RelationshipForm
from contacts.http import book_of
from contacts.views.page import contact_or_404, render_contact


@require_POST
def relationship_add(request: HttpRequest, pk: int) -> HttpResponse:
    contact = contact_or_404(request, pk)
    form = RelationshipForm(request.POST, book=book_of(request), contact=contact, prefix="tie")
    if not form.is_valid():
        return render_contact(request, contact, status=422, relationship_form=form)
    relationship = form.save()
    messages.success(request, _("Noted."))
    return redirect(f"{contact.get_absolute_url()}#relationship-{relationship.pk}")


@require_POST
def relationship_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Goes back to the contact from whose page it was taken away, which is `seen_from`."""
    book = book_of(request)
    relationship = get_object_or_404(book.relationships.select_related("from_contact", "to_contact"), pk=pk)
    seen_from = request.POST.get("seen_from", "")
    relationship.delete()
    messages.success(request, _("The relationship is deleted."))
    return redirect(
        relationship.to_contact if seen_from == str(relationship.to_contact_id) else relationship.from_contact
    )
