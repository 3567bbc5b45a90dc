"""How far a day is from today, in words; «today» is the owner's, so it is always passed in."""

import datetime as dt

from django.template import Library
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contacts.models import FollowUp

register = Library()

_NEAR = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}


@register.filter
def seen_from(day: dt.date, today: dt.date) -> str:
    """«today», «in 3 days», «2 days ago»."""
    days = (day - today).days
    if days in _NEAR:
        return str(_NEAR[days])
    if days > 0:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}


@register.filter
def is_overdue(follow_up: FollowUp, today: dt.date) -> bool:
    return follow_up.is_overdue(today)
