"""What Claude writes, as HTML that is safe to show: Markdown without images, raw HTML or hidden links."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from secrets import token_hex
from urllib.parse import urlsplit

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "hr", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# A reference as the prompt asks for them: [c12], or [c12, i40].
_REFS = re.compile(r"\s?\[((?:[cifdr]\d{1,18})(?:\s*[,;]\s*[cifdr]\d{1,18})*)\]")
# Where a reference stood, in a way that nobody else can write: the middle is another each time.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9a-f]{{16}})(\\w+){_CLOSE}")


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


def length_of_closed_blocks(text: str) -> int:
    """How many characters at the beginning of a text that goes on are in blocks which nothing can change any more.

    A block of Markdown ends where the next one begins; only the last can still become another.
    """
    if "\n\n" not in text or "\r" in text:
        return 0
    starts = [token.map[0] for token in _blocks().parse(text) if token.level == 0 and token.map and token.nesting >= 0]
    if len(starts) < 2:
        return 0
    return sum(len(line) + 1 for line in text.split("\n")[: starts[-1]])


def as_html(text: str, sources: Mapping[str, Mapping[str, str]], *, named_before: Iterable[str] = ()) -> SafeString:
    """`sources` are those that were consulted, by reference, each with its `label` and `url`.

    A reference to one becomes a link, numbered after those `named_before`; one that nobody
    consulted is left out.
    """
    once = token_hex(8)
    html = _cleaner().clean(_markdown().render(_REFS.sub(lambda match: _marks(match[1], sources, once), text)))
    named = dict.fromkeys([*named_before, *references(text)])
    numbers = {ref: number for number, ref in enumerate(filter(sources.__contains__, named), start=1)}

    def link(match: re.Match[str]) -> str:
        if match[1] != once:
            return match[0]
        source = sources[match[2]]
        label, url = escape(source["label"]), escape(source["url"])
        return f'<a class="cite" href="{url}" title="{label}">{numbers[match[2]]}</a>'

    # Cleaned above; what is added is escaped.
    return mark_safe(_MARK.sub(link, html))  # noqa: S308


def _marks(refs: str, sources: Mapping[str, Mapping[str, str]], once: str) -> str:
    known = [ref for ref in _apart(refs) if ref in sources]
    return "".join(f"{_OPEN}{once}{ref}{_CLOSE}" for ref in known)


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    """Made once: making one takes longer than cleaning a paragraph."""
    return nh3.Cleaner(tags=_TAGS, attributes={"a": {"href"}, "*": set()}, url_schemes={"http", "https"})


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
        ["table", "strikethrough"]
    )
    parser.disable(["image", "html_block", "html_inline"])
    parser.core.ruler.push("hosts", _show_hosts)
    return parser


@lru_cache(maxsize=1)
def _blocks() -> MarkdownIt:
    """Finds the blocks and leaves what is in them alone."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(["html_block", "inline"])


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
