"""What is kept: of calls to Claude what they took and cost, and the conversations with the assistant.

No row here has a constraint in the database towards another app: it would outlive this app when
the app is taken out of INSTALLED_APPS, and then no user who ever asked anything could be deleted.
"""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.base import StampField


class Usage(models.Model):
    """One call."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_constraint=False,
        verbose_name=_("user"),
        related_name="+",
        null=True,
        help_text=_("Empty: the server itself, from a command."),
    )
    feature = models.CharField(_("feature"), max_length=30)
    model = models.CharField(_("model"), max_length=100)
    input_tokens = models.PositiveIntegerField(_("input tokens"), default=0)
    output_tokens = models.PositiveIntegerField(_("output tokens"), default=0)
    cache_creation_input_tokens = models.PositiveIntegerField(_("input tokens written to the cache"), default=0)
    cache_read_input_tokens = models.PositiveIntegerField(_("input tokens read from the cache"), default=0)
    cost_usd = models.DecimalField(_("estimated cost (USD)"), max_digits=12, decimal_places=6, default=0)
    latency_ms = models.PositiveIntegerField(_("latency (ms)"), default=0)
    status = models.CharField(_("status"), max_length=30, help_text=_("“ok”, or the code of the error."))
    request_id = models.CharField(_("request id"), max_length=100, blank=True)
    created_at = StampField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("call to Claude")
        verbose_name_plural = _("calls to Claude")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user", "created_at"], name="usage_by_user_and_time")]
        constraints = [
            models.CheckConstraint(condition=models.Q(cost_usd__gte=0), name="usage_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.feature}, {self.model}, {self.status}"


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Each belongs to its user alone."""
        return self.filter(user=user.pk) if user.pk else self.none()

    def saying(self, text: str) -> Self:
        """Those whose title or messages have `text` in them."""
        said = Message.objects.filter(text__icontains=text).values("conversation")
        return self.filter(models.Q(title__icontains=text) | models.Q(pk__in=said))


class Conversation(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_constraint=False,
        verbose_name=_("user"),
        related_name="+",
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    # Whom it is about, if it was begun on a contact's page; that contact may be gone by now.
    contact_id = models.BigIntegerField(null=True, blank=True, editable=False)
    created_at = StampField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-updated_at", "-pk"]
        indexes = [models.Index(fields=["user", "-updated_at"], name="conversation_by_user")]

    def __str__(self) -> str:
        return self.title or str(_("New conversation"))

    def get_absolute_url(self) -> str:
        return f"{reverse('assistant')}?conversation={self.pk}"


class Message(models.Model):
    """One turn. Only its text is ever sent again: no tool call is left without its result."""

    class Role(models.TextChoices):
        USER = "user", _("you")
        ASSISTANT = "assistant", _("assistant")

    class Status(models.TextChoices):
        DONE = "done", _("whole")
        CUT = "cut", _("cut at the limit of tokens")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")
        UNFINISHED = "unfinished", _("not finished")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    text = models.TextField(_("text"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DONE)
    # Why it failed, or what the user should know of the model: `{"code", "message"}`.
    notice = models.JSONField(null=True, blank=True)
    # The records that the text names, and what was looked up for it.
    sources = models.JSONField(default=list, blank=True)
    consulted = models.JSONField(default=list, blank=True)
    # How many messages of the conversation, the oldest, were not told to Claude for their length.
    left_out = models.PositiveIntegerField(_("messages left out"), default=0)
    model = models.CharField(_("model"), max_length=100, blank=True)
    usage = models.JSONField(null=True, blank=True)
    created_at = StampField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=["user", "assistant"]), name="message_role_known"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Proposal(models.Model):
    """Something that Claude would write into the book. Only a press on «Confirm» writes it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")
        UNDONE = "undone", _("undone")
        # For good: it came back from an archive. One that is left open expires by its age.
        EXPIRED = "expired", _("expired")

    LIFETIME = dt.timedelta(days=1)

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="proposals")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="proposals", null=True)
    kind = models.CharField(_("kind"), max_length=30)
    # What would be written, by field of the form that writes it; what it is about is in `target`.
    data = models.JSONField(default=dict, blank=True)
    target = models.JSONField(default=dict, blank=True)
    # What the record said when this was proposed: it must still say so.
    before = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    # What takes it back.
    undo = models.JSONField(default=dict, blank=True)
    created_at = StampField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind}, {self.state}"

    @property
    def is_expired(self) -> bool:
        is_old = self.state == self.State.OPEN and timezone.now() - self.created_at > self.LIFETIME
        return is_old or self.state == self.State.EXPIRED

    def value(self, name: str) -> Any:
        return self.data.get(name, "")
