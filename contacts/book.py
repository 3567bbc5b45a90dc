"""One owner's book: the only door through which pages, rules and prompts reach rows."""

import datetime as dt
from functools import cached_property
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.utils import timezone

from contacts.models import (
    CalendarEvent,
    CalendarFeed,
    CalendarSource,
    ColumnMapping,
    Contact,
    ContactMethod,
    ContactQuerySet,
    Dismissal,
    FollowUp,
    Import,
    ImportantDate,
    ImportRow,
    Interaction,
    Merge,
    NotSame,
    Organization,
    Profile,
    Relationship,
    Tag,
)
from contacts.models.base import OwnedModel, OwnedQuerySet
from contacts.models.calendar import CalendarEventQuerySet, CalendarSourceQuerySet
from contacts.models.follow_up import FollowUpQuerySet
from contacts.models.importing import ImportRowQuerySet
from contacts.models.interaction import InteractionQuerySet
from contacts.models.merging import MergeQuerySet, NotSameQuerySet
from contacts.models.relationship import RelationshipQuerySet
from contacts.models.suggestion import DismissalQuerySet

M = TypeVar("M", bound=OwnedModel)


class Book:
    """All that `owner` keeps, and the moment at which it is read, in the owner's time zone."""

    def __init__(self, owner: AbstractBaseUser | AnonymousUser) -> None:
        self.owner = owner
        self.now = timezone.now()

    @property
    def user(self) -> User:
        """The owner, where somebody is signed in."""
        return cast(User, self.owner)

    @cached_property
    def profile(self) -> Profile:
        return Profile.of(self.owner)

    @cached_property
    def zone(self) -> ZoneInfo:
        return self.profile.zone

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate(self.now, self.zone)

    def start_of(self, day: dt.date) -> dt.datetime:
        """The first moment of `day` where the owner lives."""
        return dt.datetime.combine(day, dt.time.min, tzinfo=self.zone)

    @property
    def contacts(self) -> ContactQuerySet:
        return Contact.objects.owned_by(self.owner)

    @property
    def interactions(self) -> InteractionQuerySet:
        return Interaction.objects.owned_by(self.owner)

    @property
    def follow_ups(self) -> FollowUpQuerySet:
        return FollowUp.objects.owned_by(self.owner)

    @property
    def relationships(self) -> RelationshipQuerySet:
        return Relationship.objects.owned_by(self.owner)

    @property
    def methods(self) -> OwnedQuerySet[ContactMethod]:
        return ContactMethod.objects.owned_by(self.owner)

    @property
    def dates(self) -> OwnedQuerySet[ImportantDate]:
        return ImportantDate.objects.owned_by(self.owner)

    @property
    def dismissals(self) -> DismissalQuerySet:
        return Dismissal.objects.owned_by(self.owner)

    @property
    def calendar_feeds(self) -> OwnedQuerySet[CalendarFeed]:
        return CalendarFeed.objects.owned_by(self.owner)

    @property
    def calendar_sources(self) -> CalendarSourceQuerySet:
        return CalendarSource.objects.owned_by(self.owner)

    @property
    def calendar_events(self) -> CalendarEventQuerySet:
        return CalendarEvent.objects.owned_by(self.owner)

    @property
    def not_same(self) -> NotSameQuerySet:
        return NotSame.objects.owned_by(self.owner)

    @property
    def merges(self) -> MergeQuerySet:
        return Merge.objects.owned_by(self.owner)

    @property
    def organizations(self) -> OwnedQuerySet[Organization]:
        return Organization.objects.owned_by(self.owner)

    @property
    def tags(self) -> OwnedQuerySet[Tag]:
        return Tag.objects.owned_by(self.owner)

    @property
    def imports(self) -> OwnedQuerySet[Import]:
        return Import.objects.owned_by(self.owner)

    @property
    def import_rows(self) -> ImportRowQuerySet:
        return ImportRow.objects.owned_by(self.owner)

    @property
    def column_mappings(self) -> OwnedQuerySet[ColumnMapping]:
        return ColumnMapping.objects.owned_by(self.owner)

    def organization_named(self, name: str) -> Organization:
        """The one that is called so, made if there is none."""
        known = self.organizations.filter(name__iexact=name).first()
        return known or Organization.objects.create(owner=self.user, name=name)

    def tag_named(self, name: str) -> Tag:
        """The one that is called so, made if there is none."""
        return self.tags.filter(name__iexact=name).first() or Tag.objects.create(owner=self.user, name=name)
