"""What is kept about calls to Claude: what they took and cost, never what was said."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Usage(models.Model):
    """One call."""

    # Without a constraint in the database: it would outlive this app when the app is taken out
    # of INSTALLED_APPS, and then no user who ever asked anything could be deleted.
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
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

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
