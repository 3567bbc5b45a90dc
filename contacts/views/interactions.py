"""What was said: logged on a contact's page, read, corrected and deleted on a page of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contacts.forms.interaction import InteractionForm, LogForm
from contacts.http import book_of, is_fragment
from contacts.models import Interaction
from contacts.views.page import contact_or_404, render_contact


@require_POST
def interaction_log(request: HttpRequest, pk: int) -> HttpResponse:
    contact = contact_or_404(request, pk)
    form = LogForm(request.POST, book=book_of(request), prefix="log")
    if not form.is_valid():
        return render_contact(request, contact, part="activity", status=422, log_form=form)
    interaction = form.log(contact)
    said = _("Planned.") if interaction.is_planned(book_of(request).now) else _("Logged.")
    messages.success(request, said)
    if is_fragment(request):
        # What the database keeps about the contact has changed.
        return render_contact(request, contact_or_404(request, pk), part="activity")
    return redirect(contact)


@require_http_methods(["GET", "HEAD", "POST"])
def interaction_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows it in the form that corrects it."""
    book = book_of(request)
    interaction = _interaction_or_404(request, pk)
    form = InteractionForm(request.POST or None, instance=interaction, book=book)
    if request.method == "POST" and form.is_valid():
        interaction = form.save()
        messages.success(request, _("Saved."))
        first = interaction.contacts.first()
        return redirect(f"{first.get_absolute_url()}#interaction-{interaction.pk}" if first else "dashboard")
    people = list(book.contacts.filter(interactions=pk).select_related("organization"))
    context = {
        "interaction": book.interactions.get(pk=pk),
        "people": people,
        "is_called_off": book.calendar_events.cancelled().filter(interaction=pk).exists(),
        "form": form,
        "follow_ups": book.follow_ups.filter(interaction=pk).select_related("contact__organization"),
        "today": book.today,
        "now": book.now,
    }
    return render(request, "contacts/interaction.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def interaction_delete(request: HttpRequest, pk: int) -> HttpResponse:
    interaction = _interaction_or_404(request, pk)
    people = list(interaction.contacts.select_related("organization"))
    if request.method == "POST":
        interaction.delete()
        messages.success(request, _("The interaction is deleted."))
        return redirect(people[0] if people else "dashboard")
    return render(request, "contacts/interaction_delete.html", {"interaction": interaction, "people": people})


def _interaction_or_404(request: HttpRequest, pk: int) -> Interaction:
    return get_object_or_404(book_of(request).interactions, pk=pk)
