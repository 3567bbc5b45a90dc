"""Pages that belong to no app: the first account, and the pages of errors."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contacts.http import is_fragment, json_error
from contacts.written import file_size
from crm import setup_link


@login_not_required
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the first account, which administers; the link is dead as soon as there is one."""
    if not setup_link.is_valid(token):
        raise Http404
    form: UserCreationForm[User] = UserCreationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save(commit=False)
        user.is_staff = user.is_superuser = True
        user.save()
        login(request, user)
        messages.success(request, _("Welcome. Your book is empty: add the first contact."))
        return redirect("dashboard")
    return render(request, "setup.html", {"form": form}, status=422 if form.errors else 200)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = _("This form has expired. Go back, reload the page and send it again: what you typed is still there.")
    if is_fragment(request):
        message = _("This page has expired. Copy what you typed, reload the page and send it again.")
    return _error(request, status=403, code="forbidden", message=message)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Also for a host that is not the server's, before any middleware has seen the request."""
    if isinstance(exception, TooManyFilesSent):
        most = {"most": intcomma(settings.DATA_UPLOAD_MAX_NUMBER_FILES or 0)}
        message = _("These are too many files at once: up to %(most)s are taken.") % most
        return _error(request, status=400, code="invalid", message=message)
    return _error(request, status=400, code="invalid", message=_("The server does not understand this request."))


def too_large(request: HttpRequest) -> HttpResponse:
    most = file_size(settings.UPLOAD_MAX_BYTES)
    message = _("This is more than the server takes at once: %(most)s. Nothing was changed.") % {"most": most}
    return _error(request, status=413, code="too_large", message=message)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, status=403, code="forbidden", message=_("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, status=404, code="not_found", message=_("There is nothing here."))


def server_error(request: HttpRequest) -> HttpResponse:
    message = _(
        "Something went wrong on the server. Nothing was changed; the administrator finds the reason in the log."
    )
    return _error(request, status=500, code="server_error", message=message)


def refused(request: HttpRequest, message: str, *, status: int, **context: str) -> HttpResponse:
    """For a page that asked by htmx: it stays as it is, with what was typed in it, and shows the `message`."""
    response = render(request, "refused.html", {"message": message, **context}, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#refused", "innerHTML"
    return response


def _error(request: HttpRequest, *, status: int, code: str, message: str) -> HttpResponse:
    # Not there yet where a request fails before any middleware has seen it.
    if hasattr(request, "htmx") and is_fragment(request):
        return refused(request, message, status=status)
    if request.path.startswith("/api/"):
        return json_error(code, message, status=status)
    return render(request, "error.html", {"status": status, "message": message}, status=status)
