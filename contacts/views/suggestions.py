"""Acting on a suggestion from the dashboard: each act answers with the day as it is then, and the way back."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.forms.suggestion import PutOffForm
from contacts.http import book_of, is_fragment
from contacts.suggestions import Suggestion, acting, candidates, whole
from contacts.suggestions.acting import Undo
from contacts.views.dashboard import Acted, render_day
from contacts.written import date_format

Act = Callable[[HttpRequest, list[Suggestion]], tuple[Undo | None, str]]


def _act(act: Act) -> Callable[[HttpRequest], HttpResponse]:
    """The decorated act is given the suggestions that were meant, and says what it did."""

    @wraps(act)
    def view(request: HttpRequest) -> HttpResponse:
        book = book_of(request)
        wanted = dict.fromkeys(request.POST.getlist("id"))
        meant = {one.id: one for one in whole(book, (one for one in candidates(book) if one.id in wanted))}
        if not meant:
            return _answer(request, None, _("This suggestion is no longer there."))
        undo, said = act(request, [meant[identity] for identity in wanted if identity in meant])
        return _answer(request, undo, said)

    return require_POST(view)


def _answer(request: HttpRequest, undo: Undo | None, said: str) -> HttpResponse:
    token = undo.signed(book_of(request)) if undo else ""
    if is_fragment(request):
        return render_day(request, Acted(said, token))
    messages.success(request, said)
    query = f"?{urlencode({'undo': token})}" if token else ""
    return redirect(f"{reverse('dashboard')}{query}#suggestions")


@_act
def suggestion_done(request: HttpRequest, suggestions: list[Suggestion]) -> tuple[Undo, str]:
    return acting.done(suggestions), _("Done: %(title)s") % {"title": suggestions[0].title}


@_act
def suggestion_log(request: HttpRequest, suggestions: list[Suggestion]) -> tuple[Undo, str]:
    said = _("Noted: you were in touch with %(name)s today.") % {"name": suggestions[0].contact}
    return acting.log(book_of(request), suggestions), said


@_act
def suggestion_promise(request: HttpRequest, suggestions: list[Suggestion]) -> tuple[Undo, str]:
    undo = acting.promise(book_of(request), suggestions, request.POST.get("title", ""))
    return undo, _("It is among your follow-ups now: %(title)s") % {"title": suggestions[0].title}


@_act
def suggestion_put_off(request: HttpRequest, suggestions: list[Suggestion]) -> tuple[Undo | None, str]:
    form = PutOffForm(request.POST, book=book_of(request))
    if not form.is_valid():
        return None, " ".join(str(error) for errors in form.errors.values() for error in errors)
    until = form.cleaned_data["until"]
    words = {"title": suggestions[0].title, "day": date_format(until, "MONTH_DAY_FORMAT")}
    return acting.put_off(suggestions, until), _("Put off until %(day)s: %(title)s") % words


@_act
def suggestion_dismiss(request: HttpRequest, suggestions: list[Suggestion]) -> tuple[Undo, str]:
    if request.POST.get("scope") == "never":
        words = {"name": suggestions[0].contact, "type": suggestions[0].type.label}
        return acting.dismiss(suggestions, "never"), _("Never again for %(name)s: %(type)s") % words
    return acting.dismiss(suggestions, "once"), _("Dismissed: %(title)s") % {"title": suggestions[0].title}


@require_POST
def suggestion_undo(request: HttpRequest) -> HttpResponse:
    undo = Undo.read(book_of(request), request.POST.get("undo", ""))
    if undo is None:
        return _answer(request, None, _("This can no longer be undone."))
    undo.apply(book_of(request))
    return _answer(request, None, _("Undone."))


@require_POST
def suggestion_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes back a «never again», from the settings."""
    dismissed = get_object_or_404(book_of(request).dismissals.of_whole_type().select_related("contact"), pk=pk)
    dismissed.delete()
    messages.success(request, _("Suggested again: %(what)s") % {"what": dismissed})
    return redirect(f"{reverse('settings')}#suggestions-settings")
