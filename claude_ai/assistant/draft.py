"""An answer that is still being written, as HTML: a block is drawn once it is over, the last one again and again."""

from collections.abc import Mapping

from django.utils.safestring import SafeString

from claude_ai.assistant import text as texts


class Draft:
    """What was drawn of a text that only grows."""

    def __init__(self) -> None:
        self._settled = 0
        self._named: list[str] = []

    def drawn(self, text: str, sources: Mapping[str, Mapping[str, str]]) -> tuple[SafeString, SafeString]:
        """The blocks that are over since the last time, and the one that may still change."""
        over, settled = texts.length_of_closed_blocks(text[self._settled :]), SafeString()
        if over:
            new = text[self._settled : self._settled + over]
            settled = texts.as_html(new, sources, named_before=self._named)
            self._settled += over
            self._named += texts.references(new)
        return settled, texts.as_html(text[self._settled :], sources, named_before=self._named)
