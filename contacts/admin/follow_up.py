"""What was promised: the list says what is late, and a press says that it is done."""

from typing import Any, cast

from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contacts.admin import bulk
from contacts.admin.base import OwnedAdmin, called
from contacts.admin.filters import StateFilter
from contacts.models import FollowUp
from contacts.models.follow_up import FollowUpQuerySet
from contacts.written import date_format

# What the button in a line of the list posts.
DONE = "_done"


class FollowUpAdmin(OwnedAdmin):
    joined = ("contact__organization", "interaction")
    list_display = ["title", "contact", "due", "owed_by", "done"]
    list_filter = [StateFilter, "owed_by"]
    search_fields = ["title"]
    search_help_text = _("What was promised, and the names of those concerned.")
    fields = ["contact", "title", ("due_on", "owed_by"), "interaction", "done_at", "created_at"]
    readonly_fields = ["created_at"]
    actions = ["mark_done", "reopen"]

    def matching(self, word: str) -> Q:
        return Q(title__icontains=word) | Q(contact__in=called(word))

    @admin.display(description=_("due on"), ordering="due_on")
    def due(self, follow_up: FollowUp) -> str:
        if follow_up.due_on is None:
            return self.get_empty_value_display()
        day = date_format(follow_up.due_on, "DATE_FORMAT")
        if follow_up.is_overdue(timezone.localdate()):
            return format_html('<strong class="overdue">{} – {}</strong>', day, gettext("overdue"))
        return day

    @admin.display(description=_("done"), ordering="done_at")
    def done(self, follow_up: FollowUp) -> str:
        if follow_up.done_at:
            return date_format(timezone.localtime(follow_up.done_at), "DATE_FORMAT")
        return format_html(
            '<button type="submit" class="button" name="{}" value="{}" aria-label="{}">{}</button>',
            DONE,
            follow_up.pk,
            gettext("Done: %(what)s") % {"what": follow_up},
            gettext("Done"),
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The form of the list holds a button for each line, which posts that line alone."""
        if request.method == "POST" and DONE in request.POST:
            pressed = self.get_queryset(request).filter(pk=self._posted(request))
            self.mark_done(request, pressed)
            return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, extra_context)

    @staticmethod
    def _posted(request: HttpRequest) -> int | None:
        value = request.POST[DONE]
        return int(value) if value.isdecimal() else None

    @admin.action(description=_("Mark as done"), permissions=["change"])
    def mark_done(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_done(request, queryset, done=True)

    @admin.action(description=_("Reopen"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_done(request, queryset, done=False)

    def _set_done(self, request: HttpRequest, queryset: QuerySet[Any], *, done: bool) -> None:
        """Those that are so already keep the moment of the first time."""
        follow_ups = cast(FollowUpQuerySet, queryset)
        concerned = follow_ups.open() if done else follow_ups.done()
        with transaction.atomic():
            changed = list(concerned)
            concerned.update(done_at=timezone.now() if done else None)
        if done:
            text = ngettext("%(count)d follow-up done.", "%(count)d follow-ups done.", len(changed))
        else:
            text = ngettext("%(count)d follow-up reopened.", "%(count)d follow-ups reopened.", len(changed))
        bulk.report(self, request, changed, field="done_at", message=text % {"count": len(changed)})
