"""What Claude writes is shown safely, whatever it is."""

import re

import pytest

from claude_ai.assistant.text import as_html, references, without_references

SOURCES = {
    "c12": {"label": 'Paul <b>"Roux"</b>', "url": "/contacts/12/"},
    "i40": {"label": "Lunch", "url": "/interactions/40/"},
}


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png)",
        "![x][1]\n\n[1]: https://evil.example/x.png",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "<svg onload=alert(1)>",
        "<https://evil.example/auto>",
        '<a href="https://evil.example" onclick="x">y</a>',
        "```html\n<script>alert(1)</script>\n```",
        "[x](<javascript:alert(1)>)",
        "<iframe src=https://evil.example></iframe>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_nothing_in_it_runs_or_loads(text):
    html = as_html(text, {})
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"p", "a", "pre", "code", "strong"}
    assert not re.search(r'href="(?!https?:|/)', html)
    assert not re.search(r"<[^>]*\son\w+=", html)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("[x](https://evil.example/a)", "evil.example"),
        ("[x][1]\n\n[1]: https://evil.example/a", "evil.example"),
        ("[https://good.example](https://evil.example)", "evil.example"),
        ("[x](//evil.example/a)", "evil.example"),
    ],
)
def test_a_link_elsewhere_shows_where_it_leads(text, host):
    assert f"({host})" in as_html(text, {})


def test_a_link_within_this_site_is_a_plain_one():
    assert as_html("[Paul](/contacts/12/)", {}).count("(") == 0


def test_references_become_links_to_what_was_consulted():
    html = as_html("He moved [c12], they say [i40, c99].", SOURCES)
    assert html.count('class="cite"') == 2
    assert 'href="/interactions/40/" title="Lunch">2</a>' in html
    assert "c99" not in html
    assert "<b>" not in html


def test_a_list_goes_on_counting_after_what_stood_between():
    html = as_html("1. call\n\n```\nhello\n```\n\n2. write\n", {})
    assert html.count("<ol>") == 1
    assert '<ol start="2">' in html


def test_marks_of_our_own_cannot_be_forged():
    assert "cite" not in as_html("\ue000c12\ue001", SOURCES)


def test_a_paragraph_that_begins_with_a_reference_is_one_of_its_own():
    html = as_html("They met.\n\n[i40] Since then nothing.\n[c12] Paul wrote.", SOURCES)
    assert re.findall(r"<p>|<br>", html) == ["<p>", "<p>", "<br>"]


def test_references_are_read_and_taken_out():
    text = "He moved [c12], they say [i40, c12]. [not one]"
    assert references(text) == ["c12", "i40"]
    assert without_references(text) == "He moved, they say. [not one]"
