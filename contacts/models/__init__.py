"""The data of the product; each row belongs to one owner, straight or through its contact."""

from contacts.models.base import OwnedModel, OwnedQuerySet
from contacts.models.calendar import CalendarEvent, CalendarFeed, CalendarSource
from contacts.models.contact import Contact, ContactMethod, ContactQuerySet
from contacts.models.follow_up import FollowUp
from contacts.models.important_date import ImportantDate
from contacts.models.importing import ColumnMapping, Decision, Import, ImportFile, ImportRow
from contacts.models.interaction import Interaction
from contacts.models.labels import Organization, Tag
from contacts.models.merging import Merge, NotSame
from contacts.models.profile import Profile
from contacts.models.relationship import Relationship
from contacts.models.suggestion import Dismissal, SuggestionType

__all__ = [
    "CalendarEvent",
    "CalendarFeed",
    "CalendarSource",
    "ColumnMapping",
    "Contact",
    "ContactMethod",
    "ContactQuerySet",
    "Decision",
    "Dismissal",
    "FollowUp",
    "Import",
    "ImportFile",
    "ImportRow",
    "ImportantDate",
    "Interaction",
    "Merge",
    "NotSame",
    "Organization",
    "OwnedModel",
    "OwnedQuerySet",
    "Profile",
    "Relationship",
    "SuggestionType",
    "Tag",
]
