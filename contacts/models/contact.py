"""A person, and the ways to reach them."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self
from urllib.parse import quote

import phonenumbers
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts import addresses, naming, partial_dates
from contacts.models.base import KeptDateTimeField, KeptPositiveSmallIntegerField, OwnedModel, OwnedQuerySet, StampField
from contacts.models.labels import CADENCE_VALIDATORS, Organization, Tag
from contacts.models.profile import check_time_zone
from contacts.partial_dates import PartialDate


class SortNameField(models.CharField):
    """`naming.sort_key` of the row it is in, made at every write that goes through a model."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        assert isinstance(model_instance, Contact)
        model_instance.sort_name = naming.sort_key(
            model_instance.first_name,
            model_instance.last_name,
            nickname=model_instance.nickname,
            organization=model_instance._employer,
        )
        return str(model_instance.sort_name)


@lru_cache(maxsize=1_000)
def _in_e164(value: str, region: str) -> str:
    """A number without its country code is read as one of `region`; empty where it is none.

    Remembered for a while: what is imported is asked for to be compared, and again to be written.
    """
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class NormalizedField(models.CharField):
    """`ContactMethod.normalize` of the row it is in: what equal details have in common."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        assert isinstance(model_instance, ContactMethod)
        model_instance.normalized = model_instance.normalize()
        return str(model_instance.normalized)


# As the indexes of contacts who are not put away have it.
ACTIVE = Q(is_archived=False)


def kept_in_touch(today: dt.date, *, through: str = "") -> Q:
    """Not put away, paused or deceased; `through` is the way to the contact, such as `contact__`."""
    resting = Q(**{f"{through}paused_until__gt": today})
    return Q(**{f"{through}is_archived": False, f"{through}deceased_on": None}) & ~resting


class ContactQuerySet(OwnedQuerySet["Contact"]):
    def active(self) -> Self:
        """In the book and not put away."""
        return self.filter(is_archived=False)

    def archived(self) -> Self:
        return self.filter(is_archived=True)

    def favorites(self) -> Self:
        return self.filter(is_favorite=True)

    def living(self) -> Self:
        return self.filter(deceased_on=None)

    def shared_with_ai(self) -> Self:
        """Those of whom anything may leave this server."""
        return self.filter(share_with_ai=True)

    def not_seen_since(self, moment: dt.datetime) -> Self:
        """Last contact before `moment`, or never."""
        return self.filter(Q(last_interaction_at__lt=moment) | Q(last_interaction_at=None))

    def keeping_in_touch(self, today: dt.date) -> Self:
        """Those whom one means to keep in touch with today: not put away, paused or deceased."""
        return self.filter(kept_in_touch(today))

    def interactions_with_nobody_else(self) -> models.QuerySet[Any]:
        """What was said with these alone."""
        link = Contact.interactions.through
        interactions = apps.get_model("contacts", "Interaction")._default_manager
        linked = link.objects.filter(contact__in=self.values("pk")).values("interaction")
        others = link.objects.filter(interaction__in=linked).exclude(contact__in=self.values("pk"))
        return interactions.filter(pk__in=linked).exclude(pk__in=others.values("interaction"))

    def delete(self) -> tuple[int, dict[str, int]]:
        """Takes what was said with nobody else along: nothing would lead to it any more."""
        with transaction.atomic(using=self.db):
            talks, by_model = self.interactions_with_nobody_else().delete()
            count, contacts_by_model = super().delete()
        return talks + count, by_model | contacts_by_model

    # As Django marks its own: not for templates, and not on the manager, where it would be everybody.
    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Belongings:
    """How many rows of each kind go with a contact that is deleted, and what stays with others."""

    methods: int
    dates: int
    follow_ups: int
    relationships: int
    interactions: int
    interactions_kept: int

    @property
    def all_interactions(self) -> int:
        return self.interactions + self.interactions_kept


class Contact(OwnedModel):
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        verbose_name=_("owner"),
        related_name="contacts",
        editable=False,
    )
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    nickname = models.CharField(_("nickname"), max_length=150, blank=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.RESTRICT,
        verbose_name=_("organization"),
        related_name="contacts",
        null=True,
        blank=True,
    )
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    birthday_day = models.PositiveSmallIntegerField(_("birthday: day"), null=True, blank=True)
    birthday_month = models.PositiveSmallIntegerField(_("birthday: month"), null=True, blank=True)
    birthday_year = models.PositiveSmallIntegerField(_("birthday: year"), null=True, blank=True)
    how_met = models.TextField(_("how you met"), blank=True)
    met_on = models.DateField(_("met on"), null=True, blank=True)
    met_through = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        verbose_name=_("met through"),
        related_name="introduced",
        null=True,
        blank=True,
    )
    city = models.CharField(_("city"), max_length=150, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[check_time_zone])
    language = models.CharField(
        _("language"), max_length=20, blank=True, help_text=_("The one to write to them in, such as fr or en.")
    )
    notes = models.TextField(_("notes"), blank=True)
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), related_name="contacts", blank=True)
    cadence_days = models.PositiveSmallIntegerField(
        _("cadence (days)"),
        null=True,
        blank=True,
        validators=CADENCE_VALIDATORS,
        help_text=_("Keep in touch at least every so many days. Empty: the shortest among the tags."),
    )
    paused_until = models.DateField(
        _("paused until"), null=True, blank=True, help_text=_("No reminder about this person before that day.")
    )
    is_favorite = models.BooleanField(_("favorite"), default=False)
    is_archived = models.BooleanField(_("archived"), default=False)
    deceased_on = models.DateField(_("deceased on"), null=True, blank=True)
    share_with_ai = models.BooleanField(
        _("share with the AI"),
        default=True,
        help_text=_("Off: nothing about this person is ever sent to an AI service, not even the name."),
    )
    extra = models.JSONField(_("other properties"), default=dict, blank=True, editable=False)
    created_at = StampField(_("created"), auto_now_add=True)
    updated_at = StampField(_("changed"), auto_now=True)
    sort_name = SortNameField(max_length=300, editable=False, default="")

    # Kept by triggers: the latest contact that has taken place, the first that is planned (both
    # among the interactions that count as contact), the cadence in force, and when it runs out.
    last_interaction_at = KeptDateTimeField(_("last contact"))
    next_interaction_at = KeptDateTimeField(_("next planned contact"))
    effective_cadence_days = KeptPositiveSmallIntegerField(_("cadence in force (days)"))
    contact_due_at = KeptDateTimeField(_("next contact due"))

    # What a name is made of, with the organization.
    NAMED_BY = ("first_name", "last_name", "nickname", "organization__name")
    # What a list of many does without; and the same of rows that lead to their contact.
    NOT_LISTED = ("how_met", "notes", "extra", "met_on", "country", "time_zone", "updated_at", "contact_due_at")
    NOT_LISTED_OF_CONTACT = tuple(f"contact__{name}" for name in NOT_LISTED)
    # What rules weigh, of many more than are shown; and the same of rows that lead to their contact.
    WEIGHED = ("owner", "is_favorite", "share_with_ai", "last_interaction_at")
    WEIGHED_OF_CONTACT = tuple(f"contact__{name}" for name in WEIGHED)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["sort_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(first_name="") | ~Q(last_name="") | Q(organization__isnull=False),
                name="contact_has_name",
                violation_error_message=_("Give a first name, a last name or an organization."),
            ),
            models.CheckConstraint(
                condition=Q(cadence_days__isnull=True) | Q(cadence_days__gte=1),
                name="contact_cadence_positive",
                violation_error_message=_("A cadence is at least one day."),
            ),
            *partial_dates.constraints("birthday_", name="contact_birthday"),
        ]
        indexes = [
            models.Index(fields=["owner", "sort_name", "id"], name="contact_by_name"),
            models.Index(fields=["owner", "last_interaction_at", "id"], name="contact_by_last_seen"),
            models.Index(fields=["owner", "created_at", "id"], condition=ACTIVE, name="contact_by_entry"),
            models.Index(fields=["owner", "sort_name", "id"], condition=Q(is_archived=True), name="contact_archived"),
            models.Index(fields=["owner", "next_interaction_at"], name="contact_by_next_planned"),
            models.Index(
                fields=["owner", "birthday_month", "birthday_day", "id"], condition=ACTIVE, name="contact_by_birthday"
            ),
            models.Index(fields=["owner", "contact_due_at", "id"], condition=ACTIVE, name="contact_by_due"),
            models.Index(
                fields=["owner", "effective_cadence_days", "contact_due_at", "id"],
                condition=ACTIVE & Q(effective_cadence_days__isnull=False),
                name="contact_by_cadence",
            ),
            models.Index(
                fields=["owner", "last_interaction_at"], condition=Q(is_favorite=True), name="contact_favorite"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def take_over(self, read: "Contact") -> None:
        """What was read of the same contact since."""
        self.__dict__.update({name: value for name, value in read.__dict__.items() if name != "_state"})
        self._state.fields_cache.update(read._state.fields_cache)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "sort_name", "updated_at"}
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        return Contact.objects.filter(pk=self.pk).delete()

    def belongings(self) -> Belongings:
        alone = Contact.objects.filter(pk=self.pk).interactions_with_nobody_else().count()
        return Belongings(
            methods=self.methods.count(),
            dates=self.dates.count(),
            follow_ups=self.follow_ups.count(),
            relationships=self.relationships.count() + self.relationships_to.count(),
            interactions=alone,
            interactions_kept=self.interactions.count() - alone,
        )

    def get_absolute_url(self) -> str:
        return addresses.of_row("contact", self.pk)

    def clean(self) -> None:
        self.birthday.clean(field="birthday_day")
        if self.pk and self.met_through_id == self.pk:
            raise ValidationError({"met_through": _("Nobody is met through themselves.")})

    @property
    def name(self) -> str:
        return naming.display_name(self.first_name, self.last_name, nickname=self.nickname, organization=self._employer)

    @property
    def _employer(self) -> str:
        """Without a query for those who have a name of their own."""
        if self.first_name or self.last_name or self.nickname or not self.organization_id:
            return ""
        return str(self.organization)

    @property
    def headline(self) -> str:
        """What they do, where and in which city, as far as it is known: «Architecte, Nordlys · Lyon»."""
        employer = str(self.organization) if self.organization_id else ""
        work = ", ".join(part for part in (self.job_title, employer if employer != self.name else "") if part)
        return " · ".join(part for part in (work, self.city) if part)

    @property
    def initials(self) -> str:
        own = [self.first_name, self.last_name]
        return "".join(part[0] for part in own if part).upper() or self.name[:1].upper()

    @property
    def birthday(self) -> PartialDate:
        return PartialDate(self.birthday_day, self.birthday_month, self.birthday_year)

    @property
    def is_deceased(self) -> bool:
        return self.deceased_on is not None

    def age_on(self, day: dt.date) -> int | None:
        """Years lived on `day`, up to the death; None unless the year of birth is known."""
        last = min(day, self.deceased_on) if self.deceased_on else day
        years = self.birthday.years_on(last)
        return years if years is None or years >= 0 else None

    def is_paused(self, today: dt.date) -> bool:
        return self.paused_until is not None and self.paused_until > today

    def is_kept_in_touch(self, today: dt.date) -> bool:
        """As `kept_in_touch` asks it of the database."""
        return not (self.is_archived or self.is_deceased or self.is_paused(today))


class ContactMethod(OwnedModel):
    """One way to reach a contact."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("email")
        PHONE = "phone", _("phone")
        ADDRESS = "address", _("address")
        URL = "url", _("website")
        SOCIAL = "social", _("social network")

    owner_path = "contact__owner"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="methods", verbose_name=_("contact"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    label = models.CharField(_("label"), max_length=100, blank=True, help_text=_("Such as home, work, mobile."))
    value = models.CharField(_("value"), max_length=500)
    normalized = NormalizedField(max_length=500, editable=False, default="")
    is_primary = models.BooleanField(_("preferred"), default=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact detail")
        verbose_name_plural = _("contact details")
        ordering = ["kind", "-is_primary", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(value=""), name="method_has_value"),
            models.CheckConstraint(
                condition=Q(kind__in=["email", "phone", "address", "url", "social"]), name="method_kind_known"
            ),
            models.UniqueConstraint(
                fields=["contact", "kind"], condition=Q(is_primary=True), name="method_one_primary_per_kind"
            ),
        ]
        indexes = [models.Index(fields=["kind", "normalized"], name="method_by_normalized")]

    def __str__(self) -> str:
        return self.value

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            if self.is_primary:  # the latest choice wins
                others = ContactMethod.objects.filter(contact=self.contact_id, kind=self.kind, is_primary=True)
                others.exclude(pk=self.pk).update(is_primary=False)
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "normalized"}
            super().save(*args, **kwargs)

    def normalize(self) -> str:
        """An e-mail in lower case, a phone number in E.164 where it is one, else the folded text."""
        if self.kind == self.Kind.PHONE:
            return _in_e164(self.value, settings.PHONE_REGION) or "".join(
                c for c in self.value if c.isdigit() or c == "+"
            )
        if self.kind == self.Kind.ADDRESS:
            return " ".join(naming.words(self.value))
        return self.value.strip().lower().removesuffix("/")

    @property
    def href(self) -> str:
        """Where a press on it leads; empty where that is nowhere, or nowhere safe."""
        if self.kind == self.Kind.EMAIL and "@" in self.value:
            return f"mailto:{quote(self.value.strip(), safe='@')}"
        if self.kind == self.Kind.PHONE:
            return f"tel:{self.normalized}"
        if self.kind in (self.Kind.URL, self.Kind.SOCIAL):
            value = self.value.strip()
            if value.lower().startswith(("https://", "http://")):
                return value
            if self.kind == self.Kind.URL and "." in value and ":" not in value:
                return f"https://{value}"
        return ""
