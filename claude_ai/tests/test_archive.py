"""Conversations and the ledger leave with the archive and come back, naming the rows that there are then."""

import datetime as dt
import json
import re
from decimal import Decimal

import pytest
from django.utils import translation

from claude_ai.assistant import proposals
from claude_ai.models import Conversation, Message, Proposal, Usage
from claude_ai.tests.people import NOW, helene_of
from claude_ai.usage import month_total
from contacts.archive.opening import ArchiveError
from contacts.book import Book
from contacts.models import Contact, FollowUp, ImportantDate, Interaction, Relationship
from contacts.records import of_contact, of_date, of_follow_up, of_interaction, of_relationship
from contacts.tests.factories import ContactFactory
from contacts.tests.test_archive import archive_of, change_first, lines, repacked, restore

FILES = ("conversations.jsonl", "messages.jsonl", "proposals.jsonl", "claude_usage.jsonl")


def named(source):
    return {"ref": source.ref} | source.as_dict()


@pytest.fixture
def helene(alice, charlie):
    """After somebody else's rows, and twice as far on for whoever reads hers: no number is the same again."""
    ContactFactory.create_batch(3, owner=charlie)
    Contact.objects.filter(owner=charlie).delete()
    return helene_of(alice)


@pytest.fixture
def told(alice, helene):
    """A conversation that names a row of each kind; somebody who is gone; and a call that was paid for."""
    book = Book(alice)
    talk = Interaction.objects.filter(owner=alice).first()
    promise = FollowUp.objects.filter(contact=helene).first()
    date = ImportantDate.objects.filter(contact__owner=alice).first() or ImportantDate.objects.create(
        contact=helene, label="Wedding", day=3, month=5
    )
    paul = Contact.objects.get(owner=alice, first_name="Paul")
    tie = Relationship.objects.create(from_contact=paul, to_contact=helene, kind="mentor")
    gone = ContactFactory(owner=alice, first_name="Gone")
    sources = [
        named(of_contact(helene)),
        named(of_interaction(talk, book.zone)),
        named(of_follow_up(promise)),
        named(of_date(date, NOW.date())),
        named(of_relationship(tie.pk, other=paul, kind="mentor", seen_from=helene)),
        named(of_contact(gone)),
    ]
    h, i, f, d, r, g = [source["ref"] for source in sources]
    gone.delete()
    conversation = Conversation.objects.create(user=alice, title="Hélène", contact_id=helene.pk)
    Message.objects.create(conversation=conversation, role="user", text="Who is [c1]?")
    answer = Message.objects.create(
        conversation=conversation,
        role="assistant",
        text=f"Said [{h}] [{i}; {g}]. Promised [{f}, {d}] and tied [{r}]. Gone [{g}] or never [c99999].",
        sources=sources,
        consulted=sources,
        model="claude-sonnet-4-5",
        usage={"input_tokens": 3, "cost_usd": 0.01},
    )
    for state, kind, data, target, undo in (
        ("open", "follow_up", {"title": "Call", "due_on": None, "owed_by": "me"}, {"contact": helene.pk}, {}),
        ("confirmed", "closing", {}, {"follow_up": promise.pk}, {"closed": promise.pk}),
        ("refused", "relationship", {"kind": "mentor"}, {"contact": helene.pk, "other": paul.pk}, {}),
        ("undone", "interaction", {"title": "x"}, {"contacts": [helene.pk, g and int(g[1:])]}, {}),
    ):
        Proposal.objects.create(
            conversation=conversation, message=answer, kind=kind, data=data, target=target, state=state, undo=undo,
            before={"title": "Send the quote"} if kind == "closing" else {},
        )  # fmt: skip
    at = NOW - dt.timedelta(hours=2)
    Usage.objects.create(user=alice, feature="assistant", model="m", input_tokens=7, cost_usd=Decimal("1.250000"),
                         status="ok", request_id="req_1", created_at=at)  # fmt: skip
    return conversation


def said(content):
    """What the parts of this app say, each reference as the name of its row in the archive."""
    kinds = {"c": "contacts", "i": "interactions", "f": "follow_ups", "d": "important_dates", "r": "relationships"}
    places = {
        letter: {row["id"]: f"{letter}#{at}" for at, row in enumerate(lines(content, f"{name}.jsonl"))}
        for letter, name in kinds.items()
    }
    own = {name: {row["id"]: at for at, row in enumerate(lines(content, name))} for name in FILES}

    def source(one):
        letter, pk = one["ref"][0], int(one["ref"][1:])
        place = places[letter].get(pk)
        return place and (place, one["kind"], one["label"], places[letter].get(one["id"]))

    def refs(text):
        return re.sub(r"\b([cifdr])(\d+)\b", lambda ref: places[ref[1]].get(int(ref[2]), ref[0]), text)

    found = []
    for name in FILES:
        for row in lines(content, name):
            row["id"] = own[name][row["id"]]
            if name == "conversations.jsonl":
                row["contact_id"] = places["c"].get(row["contact_id"])
            if "conversation_id" in row:
                row["conversation_id"] = own["conversations.jsonl"][row["conversation_id"]]
            if "message_id" in row:
                row["message_id"] = own["messages.jsonl"][row["message_id"]]
            for column in ("sources", "consulted"):
                if column in row:
                    row[column] = [place for one in row[column] if (place := source(one))]
            if "text" in row:
                row["text"] = refs(row["text"])
            if "target" in row:
                row["target"] = {
                    key: [places["c"].get(pk) for pk in value if pk in places["c"]] if isinstance(value, list)
                    else places["f" if key == "follow_up" else "c"].get(value)
                    for key, value in row["target"].items()
                }  # fmt: skip
            found.append((name, row))
    return found


def test_everything_comes_back_as_it_was(alice, charlie, told):
    taken = archive_of(alice)
    restored = restore(charlie, taken)
    again = archive_of(charlie)
    before, after = said(taken), said(again)
    # What must not be the same: an open proposal has expired, and what names a row that is gone names none.
    [answer] = [row for name, row in before if name == "messages.jsonl" and row["role"] == "assistant"]
    gone = told.messages.last().sources[-1]["ref"]
    answer["text"] = answer["text"].replace(f"; {gone}]", "]").replace(f" [{gone}]", "").replace(" [c99999]", "")
    [opened] = [row for name, row in before if name == "proposals.jsonl" and row["state"] == "open"]
    opened["state"] = "expired"
    assert after == before
    assert restored.left == ()
    assert restored.counts["messages"] == 2
    assert {row["id"] for row in lines(taken, "contacts.jsonl")}.isdisjoint(
        row["id"] for row in lines(again, "contacts.jsonl")
    )


def test_every_reference_opens_the_row_that_it_meant(alice, charlie, as_charlie, told):
    restore(charlie, archive_of(alice))
    answer = Message.objects.get(conversation__user=charlie, role="assistant")
    owned = {
        "contact": Contact.objects.filter(owner=charlie),
        "interaction": Interaction.objects.filter(owner=charlie),
        "follow_up": FollowUp.objects.filter(contact__owner=charlie),
        "date": ImportantDate.objects.filter(contact__owner=charlie),
        "relationship": Relationship.objects.filter(from_contact__owner=charlie),
    }
    assert [source["kind"] for source in answer.sources] == list(owned)
    for source in answer.sources:
        assert owned[source["kind"]].filter(pk=source["id"]).exists()
        page = as_charlie.get(source["url"])
        assert page.status_code == 200
        _path, _hash, anchor = source["url"].partition("#")
        assert f'id="{anchor}"' in page.text or not anchor
    page = as_charlie.get(f"/assistant?conversation={answer.conversation_id}").text
    assert page.count('class="cite"') == len(answer.sources)
    assert as_charlie.get(answer.sources[0]["url"]).context["contact"].first_name == "Hélène"


def test_no_proposal_of_another_book_writes_or_takes_back(alice, charlie, as_charlie, told):
    restore(charlie, archive_of(alice))
    mine = Proposal.objects.filter(conversation__user=charlie)
    assert sorted(mine.values_list("state", flat=True)) == ["confirmed", "expired", "refused", "undone"]
    before = list(FollowUp.objects.filter(contact__owner=charlie).order_by("pk").values())
    for proposal in mine:
        for what in ("confirm", "undo"):
            answer = as_charlie.post(f"/assistant/proposals/{proposal.pk}/{what}/", headers={"hx-request": "true"})
            assert answer.status_code == 422
    page = as_charlie.get(f"/assistant?conversation={mine[0].conversation_id}").text
    assert "/undo/" not in page
    assert "/confirm/" not in page
    assert list(FollowUp.objects.filter(contact__owner=charlie).order_by("pk").values()) == before
    assert sorted(mine.values_list("state", flat=True)) == ["confirmed", "expired", "refused", "undone"]
    assert proposals.about(Book(charlie), mine.get(state="expired"))[0].owner == charlie


def test_what_calls_have_cost_comes_back_and_never_makes_a_budget_larger(alice, charlie, told):
    spent = Usage.objects.create(user=charlie, feature="test", model="m", status="ok", cost_usd=Decimal("0.500000"))
    restore(charlie, archive_of(alice))
    assert month_total(charlie) == Decimal("1.75")
    assert month_total(alice) == Decimal("1.25")
    came = Usage.objects.filter(user=charlie).exclude(pk=spent.pk).get()
    assert (came.created_at, came.request_id) == (NOW - dt.timedelta(hours=2), "req_1")


def test_a_call_that_is_in_the_ledger_already_is_not_counted_twice(alice, told):
    content = archive_of(alice)
    Conversation.objects.filter(user=alice).delete()
    Contact.objects.filter(owner=alice).delete()
    for kind in ("organizations", "tags", "interactions"):
        getattr(Book(alice), kind).delete()
    assert restore(alice, content).counts["claude_usage"] == 0
    assert month_total(alice) == Decimal("1.25")


def test_conversations_are_in_the_way_and_that_is_said(alice, as_charlie, charlie, told):
    Conversation.objects.create(user=charlie)
    with translation.override("en"), pytest.raises(ArchiveError, match="not empty"):
        restore(charlie, archive_of(alice))
    assert "There is in it: conversations." in as_charlie.get("/account/restore/").text


def test_an_archive_of_the_first_version_brings_the_book_and_says_what_it_leaves(alice, charlie, told):
    old = {"manifest.json": change_first(version=1), "messages.jsonl": lambda _data: None}
    restored = restore(charlie, repacked(archive_of(alice), old))
    assert restored.left == ("conversations.jsonl", "proposals.jsonl", "claude_usage.jsonl")
    assert Contact.objects.filter(owner=charlie).exists()
    assert not Conversation.objects.filter(user=charlie).exists()


def source_with(**values):
    def change(data):
        rows = [json.loads(line) for line in data.splitlines()]
        rows[1]["sources"][0] |= values
        return "\n".join(json.dumps(row) for row in rows).encode()

    return change


DAMAGE = {
    "a conversation of nobody": {"messages.jsonl": change_first(conversation_id=10**9)},
    "no text": {"messages.jsonl": change_first(role="assistant", text=None)},
    "a moment after all others": {"proposals.jsonl": change_first(created_at="9999-12-31T23:59:59-14:00")},
    "an unknown role": {"messages.jsonl": change_first(role="system")},
    "sources that are none": {"messages.jsonl": change_first(sources=["x"])},
    "sources that are a text": {"messages.jsonl": change_first(sources="x")},
    "a label that is a list": {"messages.jsonl": source_with(label=["x"])},
    "a notice that is a text": {"messages.jsonl": change_first(notice="x")},
    "an unknown proposal": {"proposals.jsonl": change_first(kind="transfer")},
    "an unknown field": {"proposals.jsonl": change_first(data={"owner": "1"})},
    "a field that is a list": {"proposals.jsonl": change_first(data={"title": ["x"]})},
    "data that is a text": {"proposals.jsonl": change_first(data="x")},
    "a target that is a text": {"proposals.jsonl": change_first(target={"contact": "x"})},
    "targets that are no list": {"proposals.jsonl": change_first(target={"contacts": 1})},
    "an unknown state": {"proposals.jsonl": change_first(state="written")},
    "a cost below nothing": {"claude_usage.jsonl": change_first(cost_usd="-5")},
    "a cost that is no number": {"claude_usage.jsonl": change_first(cost_usd="NaN")},
    "tokens below nothing": {"claude_usage.jsonl": change_first(input_tokens=-5)},
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_refused_with_its_line_and_nothing_is_written(alice, charlie, told, damage):
    [file] = DAMAGE[damage]
    with translation.override("en"), pytest.raises(ArchiveError, match=f"Line [0-9]+ of “{file}”"):
        restore(charlie, repacked(archive_of(alice), DAMAGE[damage]))
    assert not Contact.objects.filter(owner=charlie).exists()
    assert not Conversation.objects.filter(user=charlie).exists()
    assert not Usage.objects.filter(user=charlie).exists()


def test_no_address_and_no_user_is_taken_from_an_archive(alice, charlie, told):
    changes = {
        "messages.jsonl": source_with(url="javascript:alert(1)"),
        "conversations.jsonl": change_first(user_id=alice.pk),
        "claude_usage.jsonl": change_first(user_id=alice.pk),
    }
    restore(charlie, repacked(archive_of(alice), changes))
    answer = Message.objects.get(conversation__user=charlie, role="assistant")
    assert answer.sources[0]["url"].startswith("/contacts/")
    assert month_total(alice) == Decimal("1.25")
