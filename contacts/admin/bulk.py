"""Changes to many rows at once: asking for the value, and writing down what was changed."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import override

from contacts.admin.base import OwnedAdmin

# In what the page of a choice posts, beside what the list had posted.
CHOSEN = "chosen"
# How many rows that page names.
NAMED = 20


class Choice(forms.Form):
    """The value that an action needs."""

    question: str | Promise


def answer(request: HttpRequest) -> Any:
    """The data of a choice's form: none until the page that asks has been answered."""
    return request.POST if CHOSEN in request.POST else None


def ask(
    model_admin: OwnedAdmin, request: HttpRequest, rows: QuerySet[Any], form: Choice, *, action: str
) -> TemplateResponse:
    """The page between choosing an action and doing it.

    It posts what the list did: the same filters in the address, and the same rows; or one of
    them and `select_across` for all that match, however many.
    """
    across = request.POST.get("select_across") == "1"
    selected = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
    count = rows.count()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": form.question,
        "subtitle": None,
        "opts": model_admin.opts,
        "media": model_admin.media + form.media,
        "form": form,
        "action": action,
        "across": across,
        "selected": selected[:1] if across else selected,
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "chosen": CHOSEN,
        "rows": rows[:NAMED],
        "count": count,
        "unnamed": max(count - NAMED, 0),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/contacts/bulk_choice.html", context)


def report(model_admin: OwnedAdmin, request: HttpRequest, rows: Sequence[Model], *, field: str, message: str) -> None:
    """Tells the user, and the history of each row, that `field` was changed."""
    with override(None):  # a history is translated when it is read
        name = str(model_admin.opts.get_field(field).verbose_name)  # type: ignore[union-attr]
    LogEntry.objects.log_actions(cast(User, request.user).pk, rows, CHANGE, [{"changed": {"fields": [name]}}])
    model_admin.message_user(request, message, messages.SUCCESS)
