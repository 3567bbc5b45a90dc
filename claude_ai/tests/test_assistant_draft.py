"""An answer drawn block by block while it comes is the answer as it is drawn in the end."""

import pytest

from claude_ai.assistant.draft import Draft
from claude_ai.assistant.text import as_html

SOURCES = {ref: {"label": f"Record {ref}", "url": f"/x/{ref}/"} for ref in ("c1", "c2", "i3")}
ANSWERS = {
    "paragraphs": "Hélène is well.\n\nShe moves to **Lyon** in\nMarch.\n\nCall her.",
    "headings": "# Hélène\n\nWell.\n\nSoon\n----\n\nLyon\n====\n\n### End",
    "lists": "Two things:\n\n- the quote\n\n- the photos\n  of the fair\n\nAnd then:\n\n1. call\n2. write\n\nDone.",
    "a list that goes on": "1. call\n\n```\nx\n```\n\n2. write\n3. wait\n\nDone.",
    "code": "As follows:\n\n```\na\n\nb\n```\n\nAnd\n\n    indented\n\n    twice\n\nend `x`",
    "quotes": "> said\n\n> twice\n> over\n\nand **not\n\nbold**",
    "table": "Who:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nThat is all.",
    "html": "<div>\n\nno *markup*\n\n</div>\n\n<script>\n\nx",
    "references": "Hélène [c1] knows Paul [c2].\n\nThey met [i3, c1].\n\nNobody [c9] else [c2].",
    "nothing": "",
    "carriage returns": "one\r\n\r\ntwo\r\n\r\nthree",
    "hostile": "![x](//evil.example)\n\n[a](javascript:x)\n\n<img src=x>\n\n\ue000c1\ue001",
}


@pytest.mark.parametrize("step", [1, 3, 7, 1_000])
@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
def test_what_the_page_has_in_the_end_is_the_whole_answer(text, step):
    draft, settled, still_open = Draft(), "", ""
    for end in range(0, len(text) + step, step):
        new, still_open = draft.drawn(text[:end], SOURCES)
        settled += new
    assert settled + still_open == as_html(text, SOURCES)


def test_a_block_that_is_over_is_drawn_once():
    draft, text = Draft(), ""
    drawn = []
    for number in range(200):
        text += f"Paragraph {number}.\n\n"
        drawn += draft.drawn(text, {})
    assert sum(map(len, drawn)) < 3 * len(as_html(text, {}))
