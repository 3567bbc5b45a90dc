"""The section of the settings page that is about Claude."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from claude_ai import catalogue, choices, keys, usage
from claude_ai.forms import SettingsForm
from contacts import slots

LIFECYCLES = {
    "active": {"label": _("active"), "badge": "ok"},
    "deprecated": {"label": _("retiring"), "badge": "warn"},
    "retired": {"label": _("retired"), "badge": "danger"},
}
_SOURCES = {"session": _("pasted here, until you sign out"), "environment": _("set on the server")}


def state(request: HttpRequest) -> dict[str, Any]:
    """What the API tells about the settings; of the key, its last characters only."""
    key = keys.key_in_force(request)
    chosen = choices.of(request)
    models = catalogue.offered(catalogue.refreshed(key), chosen=chosen.model)
    return {
        "configured": key is not None,
        "key_source": key.source if key else "none",
        "key_hint": key.hint if key else "",
        **asdict(chosen),
        "models": [model.as_dict(request.book.today) for model in models],  # type: ignore[attr-defined]
    }


def form_for(request: HttpRequest, data: dict[str, Any] | None = None) -> SettingsForm:
    models = catalogue.refreshed(keys.key_in_force(request))
    return SettingsForm(data, chosen=choices.of(request), models=models)


def apply(request: HttpRequest, changes: dict[str, Any]) -> None:
    """Keeps what a valid form changed, for this session."""
    if value := changes.pop("api_key", None):
        keys.store(request, value)
    choices.keep(request, **changes)


def context(request: HttpRequest, form: SettingsForm | None = None, *, said: str = "") -> dict[str, Any]:
    today = request.book.today  # type: ignore[attr-defined]
    form = form or form_for(request)
    chosen = catalogue.resolve(choices.of(request).model, today=today, models=form.models)
    models = catalogue.offered(form.models, chosen=choices.of(request).model)
    key = keys.key_in_force(request)
    return {
        "form": form,
        "said": said,
        "key": key,
        "key_source": _SOURCES.get(key.source, "") if key else "",
        "notices": chosen.notices,
        "models": [
            {"model": model, **model.as_dict(today), "life": LIFECYCLES[model.lifecycle(today)]} for model in models
        ],
        "prices_as_of": catalogue.PRICES_AS_OF,
        "month": usage.this_month(request.user),
        "base_url": settings.CLAUDE_BASE_URL,
    }


@slots.fills("settings.sections")
def section(request: HttpRequest) -> SafeString:
    if not settings.ENABLE_AI_FEATURES:
        return mark_safe("")
    return render_to_string("claude_ai/settings.html", context(request), request=request)
