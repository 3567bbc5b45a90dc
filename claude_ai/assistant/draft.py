"""An answer that is still being written, as HTML: a block is drawn once it is over, the last one again and again."""

from django.utils.safestring import SafeString

from claude_ai.assistant import text as texts


class Draft:
    """What was drawn of a text that only grows."""

    def __init__(self) -> None:
        self._settled = 0
        self._named: list[str] = []

    def drawn(self, text: str, sources: texts.Sources) -> tuple[SafeString, SafeString]:
        """The blocks that are over since the last time, and the one that may still change."""
        rest = text[self._settled :]
        over, settled, still_open = texts.as_far_as_it_goes(rest, sources, named_before=self._named)
        if over:
            self._settled += over
            self._named += texts.references(rest[:over])
        return settled, still_open
