"""Who is what to whom."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.models.base import OwnedModel, OwnedQuerySet
from contacts.models.contact import Contact


class RelationshipQuerySet(OwnedQuerySet["Relationship"]):
    def around(self, contact: Contact) -> Self:
        """Those at either end of which `contact` stands."""
        return self.filter(Q(from_contact=contact) | Q(to_contact=contact))


class Relationship(OwnedModel):
    """`kind` is what `to_contact` is to `from_contact`; read from the other end, it is the inverse."""

    class Kind(models.TextChoices):
        PARTNER = "partner", _("partner")
        PARENT = "parent", _("parent")
        CHILD = "child", _("child")
        SIBLING = "sibling", _("sibling")
        RELATIVE = "relative", _("relative")
        FRIEND = "friend", _("friend")
        COLLEAGUE = "colleague", _("colleague")
        MANAGER = "manager", _("manager")
        REPORT = "report", _("team member")
        MENTOR = "mentor", _("mentor")
        MENTEE = "mentee", _("mentee")
        CLIENT = "client", _("client")
        SUPPLIER = "supplier", _("supplier")
        ASSISTANT = "assistant", _("assistant")
        PRINCIPAL = "principal", _("principal")
        ACQUAINTANCE = "acquaintance", _("acquaintance")

    INVERSES = {
        Kind.PARENT: Kind.CHILD,
        Kind.MANAGER: Kind.REPORT,
        Kind.MENTOR: Kind.MENTEE,
        Kind.CLIENT: Kind.SUPPLIER,
        Kind.ASSISTANT: Kind.PRINCIPAL,
    }
    INVERSES |= {inverse: kind for kind, inverse in INVERSES.items()}

    owner_path = "from_contact__owner"

    from_contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="relationships", verbose_name=_("contact")
    )
    to_contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="relationships_to", verbose_name=_("to")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_contact=F("to_contact")),
                name="relationship_between_two",
                violation_error_message=_("A relationship is between two people."),
            ),
            models.UniqueConstraint(
                fields=["from_contact", "to_contact", "kind"],
                name="relationship_unique",
                violation_error_message=_("This relationship is already there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_contact} → {self.to_contact} ({self.get_kind_display()})"

    def get_absolute_url(self) -> str:
        return f"{self.from_contact.get_absolute_url()}#relationship-{self.pk}"

    def clean(self) -> None:
        """The same thing said from the other end would be shown twice."""
        if self.kind not in self.Kind.values:  # which its field says
            return
        twin = Relationship.objects.filter(
            from_contact=self.to_contact_id, to_contact=self.from_contact_id, kind=self.inverse_kind
        )
        if twin.exclude(pk=self.pk).exists():
            raise ValidationError(_("This relationship is already there."))

    @property
    def inverse_kind(self) -> "Relationship.Kind":
        """What `from_contact` is to `to_contact`."""
        return self.INVERSES.get(self.Kind(self.kind), self.Kind(self.kind))

    def seen_from(self, contact: Contact) -> tuple[Contact, "Relationship.Kind"]:
        """The other one, and what they are to `contact`, who stands at one of the ends."""
        if contact.pk == self.from_contact_id:
            return self.to_contact, self.Kind(self.kind)
        return self.from_contact, self.inverse_kind
