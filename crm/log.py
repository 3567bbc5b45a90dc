"""How log lines are written: whatever they say, no address that opens something by itself is in them."""

import logging
import re

# Django logs the path of each request that is refused or fails, and their tokens are keys.
_KEYS = re.compile(r"(/(?:calendar|setup)/)[^/\s?#'\")]+")


class Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _KEYS.sub(r"\1…", super().format(record))
