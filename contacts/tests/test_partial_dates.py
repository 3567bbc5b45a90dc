"""Dates of which a part may be unknown: when they are kept, and how they are written."""

import calendar
import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from contacts.partial_dates import PartialDate

LEAP_DAY = PartialDate(29, 2, 1992)
days = st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2200, 1, 1))
years = st.none() | st.integers(1900, 2250)


@st.composite
def partial_dates(draw):
    """Any date that a calendar holds, with or without its day and its year."""
    day = draw(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2250, 12, 31)))
    known = draw(st.booleans())
    year = draw(st.sampled_from([None, day.year]))
    return PartialDate(day.day if known else None, day.month, year)


@given(partial_dates(), days)
def test_the_next_occurrence_is_never_in_the_past_nor_before_the_first_one(date, today):
    kept = date.next_occurrence(today)
    assert kept >= today
    assert date.year is None or kept.year >= date.year


@given(partial_dates(), days)
def test_the_next_occurrence_is_the_nearest_day_on_which_it_is_kept(date, today):
    kept = date.next_occurrence(today)
    if date.day or kept != today:
        assert kept == date.in_year(kept.year)
    if date.year is None or kept.year > date.year:
        before = date.in_year(kept.year - 1)
        assert before < today


@given(partial_dates(), days)
def test_on_a_kept_day_whole_years_have_passed(date, today):
    kept = date.next_occurrence(today)
    assert date.years_on(kept) == (None if date.year is None else kept.year - date.year)


@given(partial_dates(), days)
def test_an_occurrence_comes_round_within_two_years_unless_it_has_not_begun(date, today):
    first_day = date.in_year(date.year) if date.year else dt.date.min
    if first_day <= today:
        assert (date.next_occurrence(today) - today).days <= 366


@given(st.integers(1, 31), st.integers(1, 12), years)
def test_exactly_the_days_of_a_calendar_are_accepted(day, month, year):
    exists = day <= calendar.monthrange(year or 2000, month)[1]
    if exists:
        PartialDate(day, month, year).clean(field="day")
    else:
        with pytest.raises(ValidationError):
            PartialDate(day, month, year).clean(field="day")


@pytest.mark.parametrize(
    ("today", "kept"),
    [
        (dt.date(2027, 2, 1), dt.date(2027, 2, 28)),
        (dt.date(2027, 2, 28), dt.date(2027, 2, 28)),
        (dt.date(2027, 3, 1), dt.date(2028, 2, 29)),
        (dt.date(2028, 2, 28), dt.date(2028, 2, 29)),
        (dt.date(2028, 3, 1), dt.date(2029, 2, 28)),
        (dt.date(2100, 1, 1), dt.date(2100, 2, 28)),
    ],
)
def test_29_february_is_kept_on_28_february_in_a_common_year(today, kept):
    assert LEAP_DAY.next_occurrence(today) == kept


@pytest.mark.parametrize(
    ("today", "kept"),
    [
        (dt.date(2027, 2, 28), dt.date(2027, 3, 1)),
        (dt.date(2027, 3, 1), dt.date(2027, 3, 1)),
        (dt.date(2027, 3, 2), dt.date(2028, 2, 29)),
        (dt.date(2028, 2, 1), dt.date(2028, 2, 29)),
    ],
)
def test_a_setting_keeps_29_february_on_1_march_in_a_common_year(settings, today, kept):
    settings.LEAP_DAY_FALLS_ON_1_MARCH = True
    assert LEAP_DAY.next_occurrence(today) == kept


def test_whoever_was_born_on_29_february_turns_a_year_older_on_the_day_that_is_kept(settings):
    assert LEAP_DAY.years_on(dt.date(2027, 2, 27)) == 34
    assert LEAP_DAY.years_on(dt.date(2027, 2, 28)) == 35
    settings.LEAP_DAY_FALLS_ON_1_MARCH = True
    assert LEAP_DAY.years_on(dt.date(2027, 2, 28)) == 34
    assert LEAP_DAY.years_on(dt.date(2027, 3, 1)) == 35


def test_a_month_without_its_day_is_kept_all_month_long_and_else_from_its_first_day():
    november = PartialDate(None, 11)
    assert november.next_occurrence(dt.date(2026, 10, 31)) == dt.date(2026, 11, 1)
    assert november.next_occurrence(dt.date(2026, 11, 30)) == dt.date(2026, 11, 30)
    assert november.next_occurrence(dt.date(2026, 12, 1)) == dt.date(2027, 11, 1)


def test_a_date_that_lies_in_the_future_is_first_kept_on_itself():
    assert PartialDate(5, 6, 2030).next_occurrence(dt.date(2026, 1, 1)) == dt.date(2030, 6, 5)
    assert PartialDate(None, 6, 2030).next_occurrence(dt.date(2026, 6, 10)) == dt.date(2030, 6, 1)


def test_a_year_alone_is_never_kept_but_counts():
    assert PartialDate(year=1990).next_occurrence(dt.date(2026, 1, 1)) is None
    assert PartialDate(year=1990).years_on(dt.date(2026, 1, 1)) == 36


def test_no_age_is_known_without_a_year():
    assert PartialDate(5, 6).years_on(dt.date(2026, 6, 5)) is None


@pytest.mark.parametrize(
    ("date", "english", "french"),
    [
        (PartialDate(4, 7, 1980), "July 4, 1980", "4 juillet 1980"),
        (PartialDate(29, 2), "February 29", "29 février"),
        (PartialDate(None, 7, 1980), "July 1980", "juillet 1980"),
        (PartialDate(None, 7), "July", "juillet"),
        (PartialDate(year=1980), "1980", "1980"),
        (PartialDate(), "", ""),
    ],
)
def test_as_much_as_is_known_is_written_in_the_readers_language(date, english, french):
    with translation.override("en"):
        assert str(date) == english
    with translation.override("fr"):
        assert str(date) == french


@pytest.mark.parametrize("date", [PartialDate(12, None, 1980), PartialDate(30, 2), PartialDate(29, 2, 2100)])
def test_a_day_that_no_calendar_holds_is_refused_where_it_was_typed(date):
    with pytest.raises(ValidationError) as refusal:
        date.clean(field="birthday_day")
    assert list(refusal.value.message_dict) == ["birthday_day"]


@pytest.mark.parametrize("text", ["", "1980", "1980-04", "1980-04-02", "--04", "--04-02", "--02-29", "0004-01-01"])
def test_a_partial_date_is_written_as_it_is_read(text):
    date = PartialDate.fromisoformat(text) if text else PartialDate()
    assert date.isoformat() == text


@pytest.mark.parametrize("text", ["", "-", "80", "1980-13", "1981-02-29", "--02-30", "1980-4-2", "0000", "12 mars"])
def test_what_no_calendar_holds_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  # like `datetime.date.fromisoformat`
        PartialDate.fromisoformat(text)
