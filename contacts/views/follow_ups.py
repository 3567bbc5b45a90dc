"""What is promised: noted on a contact's page, marked done anywhere, corrected on a page of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contacts.forms.follow_up import FollowUpForm
from contacts.http import book_of, is_fragment
from contacts.models import FollowUp
from contacts.views.page import contact_or_404, render_contact


@require_POST
def follow_up_add(request: HttpRequest, pk: int) -> HttpResponse:
    contact = contact_or_404(request, pk)
    form = FollowUpForm(request.POST, instance=FollowUp(contact=contact), prefix="promise")
    if not form.is_valid():
        return render_contact(request, contact, part="activity", status=422, follow_up_form=form)
    form.save()
    messages.success(request, _("Noted."))
    return render_contact(request, contact, part="activity") if is_fragment(request) else redirect(contact)


@require_POST
def follow_up_done(request: HttpRequest, pk: int) -> HttpResponse:
    follow_up = _follow_up_or_404(request, pk)
    follow_up.mark_done()
    return _changed(request, follow_up, said=_("Done: %(title)s"))


@require_POST
def follow_up_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    follow_up = _follow_up_or_404(request, pk)
    follow_up.reopen()
    return _changed(request, follow_up, said=_("Open again: %(title)s"))


def _changed(request: HttpRequest, follow_up: FollowUp, *, said: str) -> HttpResponse:
    if is_fragment(request):
        context = {
            "follow_up": follow_up,
            "today": book_of(request).today,
            "with_contact": "with_contact" in request.POST,
        }
        return render(request, "contacts/_follow_up.html", context)
    messages.success(request, said % {"title": follow_up.title})
    return redirect("dashboard" if "with_contact" in request.POST else follow_up.contact)


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_page(request: HttpRequest, pk: int) -> HttpResponse:
    follow_up = _follow_up_or_404(request, pk)
    title = follow_up.title
    form = FollowUpForm(request.POST or None, instance=follow_up)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect(follow_up.contact)
    context = {"follow_up": follow_up, "title": title, "form": form, "today": book_of(request).today}
    return render(request, "contacts/follow_up.html", context, status=422 if form.errors else 200)


@require_POST
def follow_up_delete(request: HttpRequest, pk: int) -> HttpResponse:
    follow_up = _follow_up_or_404(request, pk)
    follow_up.delete()
    messages.success(request, _("Deleted: %(title)s") % {"title": follow_up.title})
    return redirect(follow_up.contact)


def _follow_up_or_404(request: HttpRequest, pk: int) -> FollowUp:
    return get_object_or_404(book_of(request).follow_ups.select_related("contact__organization"), pk=pk)
