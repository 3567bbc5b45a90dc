"""Which parameters each family of models takes: what one needs, another refuses with a 400.

No model is sent a temperature, a prefill, a forced tool or a thinking budget.
"""

import re
from dataclasses import dataclass
from typing import Literal

# Bounded, because thinking is billed as output. At low effort the models stay far below it.
_ROOM_TO_THINK = 8_000


@dataclass(frozen=True)
class Family:
    ids: re.Pattern[str]
    most_output: int
    thinks: bool
    effort: Literal["low"] | None = None

    def max_tokens(self, wanted: int) -> int:
        """The API's limit under which a person still sees `wanted` tokens, after any thinking."""
        return min(wanted + (_ROOM_TO_THINK if self.thinks else 0), self.most_output)


_FAMILIES = (
    Family(re.compile(r"claude-(sonnet|haiku|opus)-4-5\b"), most_output=64_000, thinks=False),
    Family(re.compile(r"claude-(sonnet|opus)-4-6\b"), most_output=128_000, thinks=False),
    Family(re.compile(r"claude-(sonnet|haiku|opus)-5-5\b"), most_output=128_000, thinks=True, effort="low"),
)
# Room to think is only a limit, so it is safe for a model that nobody here knows; an effort is not.
_UNKNOWN = Family(re.compile(""), most_output=64_000 + _ROOM_TO_THINK, thinks=True)


def of(model: str) -> Family:
    return next((family for family in _FAMILIES if family.ids.match(model)), _UNKNOWN)
