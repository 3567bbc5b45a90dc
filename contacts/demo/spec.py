"""The words in which the sample data is written. Days count from the day it is made; the past is negative."""

from dataclasses import dataclass

from contacts.models import ContactMethod, FollowUp, Interaction, Relationship, Tag
from contacts.partial_dates import PartialDate

Color = Tag.Color
Tie = Relationship.Kind


@dataclass(frozen=True)
class Label:
    """A tag."""

    name: str
    color: Tag.Color
    cadence_days: int | None = None
    # Whether one sees these people in working hours: then what falls on a weekend is moved off it.
    is_work: bool = False


@dataclass(frozen=True)
class InDays:
    """A day of the year so many days ahead; with `years`, how many it will then have been."""

    days: int
    years: int | None = None


@dataclass(frozen=True)
class InMonths:
    """A month of the year, whose day is unknown."""

    months: int


def born(day: int, month: int, year: int | None = None) -> PartialDate:
    return PartialDate(day, month, year)


Yearly = PartialDate | InDays | InMonths


@dataclass(frozen=True)
class Day:
    label: str
    when: Yearly


@dataclass(frozen=True)
class Method:
    kind: ContactMethod.Kind
    label: str
    value: str


def email(value: str, label: str = "personnel") -> Method:
    return Method(ContactMethod.Kind.EMAIL, label, value)


def mobile(value: str) -> Method:
    return Method(ContactMethod.Kind.PHONE, "mobile", value)


def phone(value: str, label: str = "bureau") -> Method:
    return Method(ContactMethod.Kind.PHONE, label, value)


def address(value: str, label: str = "domicile") -> Method:
    return Method(ContactMethod.Kind.ADDRESS, label, value)


def site(value: str) -> Method:
    return Method(ContactMethod.Kind.URL, "site", value)


def social(value: str, label: str = "réseau professionnel") -> Method:
    return Method(ContactMethod.Kind.SOCIAL, label, value)


@dataclass(frozen=True)
class Promise:
    """A follow-up; `done` is the day on which it was kept."""

    title: str
    due: int | None
    done: int | None
    owed_by: FollowUp.OwedBy


def i_owe(title: str, due: int | None = None, *, done: int | None = None) -> Promise:
    return Promise(title, due, done, FollowUp.OwedBy.ME)


def they_owe(title: str, due: int | None = None, *, done: int | None = None) -> Promise:
    return Promise(title, due, done, FollowUp.OwedBy.THEM)


@dataclass(frozen=True)
class Talk:
    """An interaction with the person under whom it stands, and with `others`.

    In `body`, {+3} is the date of the working day three days ahead, as it is written in a letter.
    """

    kind: Interaction.Kind
    day: int
    at: str
    title: str
    body: str
    promises: tuple[Promise, ...]
    others: tuple[str, ...]

    @property
    def counts_as_contact(self) -> bool:
        return self.kind != Interaction.Kind.NOTE


def met(day: int, at: str, title: str, body: str = "", *promises: Promise, others: tuple[str, ...] = ()) -> Talk:
    """A meeting: planned when its day is ahead, and without a body when nothing was noted since."""
    return Talk(Interaction.Kind.MEETING, day, at, title, body, promises, others)


def called(day: int, at: str, title: str, body: str, *promises: Promise, others: tuple[str, ...] = ()) -> Talk:
    return Talk(Interaction.Kind.CALL, day, at, title, body, promises, others)


def wrote(day: int, at: str, title: str, body: str, *promises: Promise, others: tuple[str, ...] = ()) -> Talk:
    return Talk(Interaction.Kind.EMAIL, day, at, title, body, promises, others)


def texted(day: int, at: str, title: str, body: str, *promises: Promise, others: tuple[str, ...] = ()) -> Talk:
    return Talk(Interaction.Kind.MESSAGE, day, at, title, body, promises, others)


def noted(day: int, at: str, title: str, body: str, *promises: Promise, others: tuple[str, ...] = ()) -> Talk:
    """What one only writes down: it is no contact."""
    return Talk(Interaction.Kind.NOTE, day, at, title, body, promises, others)


@dataclass(frozen=True, kw_only=True)
class Person:
    first_name: str = ""
    last_name: str = ""
    nickname: str = ""
    organization: str = ""
    job_title: str = ""
    birthday: Yearly | None = None
    how_met: str = ""
    # How many days ago.
    met_days_ago: int | None = None
    # The name of another person.
    met_through: str = ""
    city: str = "Paris"
    country: str = "France"
    time_zone: str = ""
    language: str = "fr"
    notes: str = ""
    tags: tuple[str, ...] = ()
    cadence_days: int | None = None
    paused_for_days: int | None = None
    is_favorite: bool = False
    is_archived: bool = False
    deceased_days_ago: int | None = None
    share_with_ai: bool = True
    methods: tuple[Method, ...] = ()
    dates: tuple[Day, ...] = ()
    # What others are to this person, by their names.
    ties: tuple[tuple[Tie, str], ...] = ()
    talks: tuple[Talk, ...] = ()
    # Follow-ups that were promised at no interaction.
    promises: tuple[Promise, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.nickname or self.organization
