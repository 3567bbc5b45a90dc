"""Days as French writes them."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

from contacts.partial_dates import PartialDate
from contacts.written import date_format


@pytest.mark.parametrize(
    ("day", "style", "written"),
    [
        (dt.date(2026, 12, 1), "DATE_FORMAT", "1er décembre 2026"),
        (dt.date(2026, 12, 1), "MONTH_DAY_FORMAT", "1er décembre"),
        (dt.date(2026, 12, 11), "MONTH_DAY_FORMAT", "11 décembre"),
        (dt.date(2026, 12, 1), "SHORT_DATE_FORMAT", "01/12/2026"),
        (dt.date(2026, 12, 1), "l j F", "mardi 1er décembre"),
    ],
)
def test_the_first_of_a_month_is_le_premier_in_french(day, style, written):
    with translation.override("fr"):
        assert date_format(day, style) == written


def test_english_has_its_own_way():
    with translation.override("en"):
        assert date_format(dt.date(2026, 12, 1), "DATE_FORMAT") == "Dec. 1, 2026"


def test_templates_and_birthdays_do_it_too():
    with translation.override("fr"):
        page = Template("{{ day|date:'DATE_FORMAT' }}").render(Context({"day": dt.date(2026, 5, 1)}))
        assert page == "1er mai 2026"
        near = Template("{{ day|near_day:'l j F' }}").render(Context({"day": dt.date(2026, 5, 1)}))
        assert near == "vendredi 1er mai"
        assert str(PartialDate(1, 9)) == "1er septembre"
