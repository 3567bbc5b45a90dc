"""`manage.py refresh_calendars`: reads the calendars that users subscribed to, for cron or a timer."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, no_translations
from django.utils import timezone

from contacts.calendars import refreshing
from contacts.models import CalendarSource

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Reads every subscribed calendar that is due; one that fails is left alone for longer each time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", default="", help="only those of this user")
        parser.add_argument("--all", action="store_true", help="also those that are not due yet")

    @no_translations
    def handle(self, *, user: str, **options: Any) -> None:
        sources = CalendarSource.objects.subscribed() if options["all"] else CalendarSource.objects.due(timezone.now())
        sources = sources.filter(owner__is_active=True)
        if user:
            sources = sources.filter(owner__username=user)
        failed = 0
        for source in sources.select_related("owner__profile").order_by("next_check_at"):
            failed += not self._refresh(source)
        if failed:
            self.stdout.write(f"{failed} failed: their owners read why on the page of their calendars.")

    def _refresh(self, source: CalendarSource) -> bool:
        """Says whose calendar, by number: its name and its address are its owner's."""
        try:
            outcome = refreshing.refresh(source)
        except Exception:  # a fault of ours: into the log, and on to the next one
            logger.exception("Calendar %s", source.pk)
            source.note_failure(timezone.now(), "unexpected")
            outcome = None
        who = f"Calendar {source.pk} of {source.owner.get_username()}"
        if outcome is None:
            self.stdout.write(f"{who}: failed ({source.failure} {source.failure_detail}".rstrip() + ")")
            return False
        self.stdout.write(
            f"{who}: {outcome.added} meetings added, {outcome.changed} changed, {outcome.withdrawn} withdrawn"
        )
        return True
