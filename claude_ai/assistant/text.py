"""What Claude writes, as HTML that is safe to show: Markdown without images, raw HTML or hidden links."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from random import Random
from urllib.parse import urlsplit

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "hr", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# A reference as the prompt asks for them: [c12], or [c12, i40]; with the space before it. It is in one line,
# so that lines stay where they are.
_REFS = re.compile(r"[^\S\r\n]?\[((?:[cifdr]\d{1,18})(?:[^\S\r\n]*[,;][^\S\r\n]*[cifdr]\d{1,18})*)\]")
# Where a reference stood, in a way that nobody else can write: the middle is another each time. Whoever wants to guess
# it sees none of those before; asking the system for each was a tenth of drawing where many streams are drawn.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9a-f]{{16}})(\\w+){_CLOSE}")
Sources = Mapping[str, Mapping[str, str]]

_tokens = Random()  # noqa: S311


def references(text: str) -> list[str]:
    """Those that `text` names, in order, each once."""
    found = (ref for match in _REFS.finditer(text) for ref in _apart(match[1]))
    return list(dict.fromkeys(found))


def _apart(refs: str) -> list[str]:
    return re.split(r"\s*[,;]\s*", refs)


def without_references(text: str) -> str:
    """To be copied, or told again to Claude in a later turn."""
    return _REFS.sub("", text)


def renumbered(text: str, new: Callable[[str], str | None]) -> str:
    """With the `new` reference for each; one for which there is none is left out: it would name another record."""

    def moved(match: re.Match[str]) -> str:
        refs = ", ".join(filter(None, map(new, _apart(match[1]))))
        return match[0].replace(match[1], refs) if refs else ""

    return _REFS.sub(moved, text)


def as_html(text: str, sources: Sources, *, named_before: Iterable[str] = ()) -> SafeString:
    """`sources` are those that were consulted, by reference, each with its `label` and `url`.

    A reference to one becomes a link, numbered after those `named_before`; one that nobody
    consulted is left out.
    """
    marked = _Marked(text, sources, named_before)
    return marked.html(_markdown().parse(marked.text))


def as_far_as_it_goes(
    text: str, sources: Sources, *, named_before: Iterable[str] = ()
) -> tuple[int, SafeString, SafeString]:
    """Of a text that goes on: how many characters at its beginning are in blocks which nothing can change any more,
    these, and the rest, both as `as_html` has them.

    A block of Markdown ends where the next one begins; only the last can still become another.
    """
    marked = _Marked(text, sources, named_before)
    tokens = _markdown().parse(marked.text)
    starts = [number for number, token in enumerate(tokens) if token.level == 0 and token.map and token.nesting >= 0]
    if len(starts) < 2 or "\n\n" not in text or "\r" in text:
        return 0, SafeString(), marked.html(tokens)
    last = starts[-1]
    lines = text.split("\n")[: tokens[last].map[0]]  # type: ignore[index]
    return sum(len(line) + 1 for line in lines), marked.html(tokens[:last]), marked.html(tokens[last:])


class _Marked:
    """A text whose references are marks, which Markdown leaves as they are."""

    def __init__(self, text: str, sources: Sources, named_before: Iterable[str]) -> None:
        self._sources, self._named_before, self._text = sources, named_before, text
        self._once = f"{_tokens.getrandbits(64):016x}"
        self.text = _REFS.sub(lambda match: self._marks(match[1]), text)

    def _marks(self, refs: str) -> str:
        known = [ref for ref in _apart(refs) if ref in self._sources]
        return "".join(f"{_OPEN}{self._once}{ref}{_CLOSE}" for ref in known)

    def html(self, tokens: Sequence[Token]) -> SafeString:
        """Some of what the text was parsed into."""
        markdown = _markdown()
        cleaned = _cleaner().clean(markdown.renderer.render(tokens, markdown.options, {}))
        # Cleaned; what is added is escaped.
        return mark_safe(_MARK.sub(self._link, cleaned))  # noqa: S308

    def _link(self, match: re.Match[str]) -> str:
        if match[1] != self._once:
            return match[0]
        source = self._sources[match[2]]
        label, url = escape(source["label"]), escape(source["url"])
        return f'<a class="cite" href="{url}" title="{label}">{self._numbers[match[2]]}</a>'

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        named = dict.fromkeys([*self._named_before, *references(self._text)])
        return {ref: number for number, ref in enumerate(filter(self._sources.__contains__, named), start=1)}


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    """Made once: making one takes longer than cleaning a paragraph."""
    return nh3.Cleaner(
        tags=_TAGS, attributes={"a": {"href"}, "ol": {"start"}, "*": set()}, url_schemes={"http", "https"}
    )


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
        ["table", "strikethrough"]
    )
    parser.disable(["image", "html_block", "html_inline"])
    parser.core.ruler.push("hosts", _show_hosts)
    return parser


def _show_hosts(state) -> None:  # type: ignore[no-untyped-def]
    """A link to another site says which, behind its text; headings stay below those of the page."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2", "h3") else "h4"
        children, kept, host = token.children or [], [], ""
        for child in children:
            kept.append(child)
            if child.type == "link_open":
                host = _host(str(child.attrs.get("href", "")))
            elif child.type == "link_close" and host:
                note = type(child)("text", "", 0, content=f" ({host})")
                kept.append(note)
        if children:
            token.children = kept


def _host(href: str) -> str:
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""  # and never what stands before an @
    except ValueError:
        return "?"
    return host or ("" if href.startswith("/") and not href.startswith("//") else "?")
