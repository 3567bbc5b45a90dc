"""What this app adds to the pages of contacts; nothing when the AI features are off."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from claude_ai import suggestions_panel
from contacts import slots
from contacts.drawing import draw
from contacts.models import Contact, Interaction
from contacts.reminders import Day


def _while_enabled(filler: slots.Filler) -> slots.Filler:
    @wraps(filler)
    def wrapper(request: HttpRequest, **context: Any) -> SafeString:
        return filler(request, **context) if settings.ENABLE_AI_FEATURES else mark_safe("")

    return wrapper


def _partial(name: str) -> Callable[..., SafeString]:
    def render(request: HttpRequest, **context: Any) -> SafeString:
        return render_to_string(f"claude_ai/panels.html#{name}", context, request=request)

    return render


@slots.fills("page.head")
@_while_enabled
def styles(request: HttpRequest) -> SafeString:
    return _partial("styles")(request)


@slots.fills("contact.actions", order=10)
@_while_enabled
def briefing_button(request: HttpRequest, *, contact: Contact) -> SafeString:
    return _partial("briefing_button")(request, contact=contact)


@slots.fills("contact.panels", order=10)
@_while_enabled
def briefing_panel(request: HttpRequest, *, contact: Contact) -> SafeString:
    return _partial("briefing_panel")(request, contact=contact)


@slots.fills("meeting.actions")
@_while_enabled
def briefing_links(request: HttpRequest, *, meeting: Interaction) -> SafeString:
    return draw(request, "claude_ai/briefing_links.html", {"people": meeting.people})


@slots.fills("dashboard.widgets", order=10)
@_while_enabled
def suggestions_widget(request: HttpRequest, *, day: Day, acted: Any = None) -> SafeString:
    context = suggestions_panel.at_once(request, day) | {"acted": acted}
    return draw(request, suggestions_panel.TEMPLATE, context)


@slots.fills("nav.links")
@_while_enabled
def assistant_link(request: HttpRequest) -> SafeString:
    return _partial("assistant_link")(request)


@slots.fills("contact.actions", order=20)
@_while_enabled
def question_link(request: HttpRequest, *, contact: Contact) -> SafeString:
    return _partial("question_link")(request, contact=contact)
