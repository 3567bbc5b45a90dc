"""What the assistant keeps about a contact who becomes part of another."""

import pytest

from claude_ai.models import Conversation, Message, Proposal
from contacts import merging
from contacts.book import Book
from contacts.merging import acting
from contacts.models import Merge
from contacts.tests.factories import ContactFactory


@pytest.fixture
def pair(alice):
    return ContactFactory(owner=alice), ContactFactory(owner=alice)


def merge(alice, kept, gone):
    return merging.merge(Book(alice), kept.pk, gone.pk, choices={}, as_seen=acting.seen(kept, gone))


def source(contact):
    return {
        "ref": f"c{contact.pk}",
        "kind": "contact",
        "id": contact.pk,
        "label": "X",
        "url": contact.get_absolute_url(),
    }


def test_conversations_proposals_and_sources_follow_and_come_back(alice, charlie, pair):
    kept, gone = pair
    talk = Conversation.objects.create(user=alice, contact_id=gone.pk)
    other = Conversation.objects.create(user=charlie, contact_id=gone.pk)
    date = source(gone) | {"kind": "date", "id": 5, "url": f"{gone.get_absolute_url()}#date-5"}
    answer = Message.objects.create(
        conversation=talk, role="assistant", sources=[source(gone), date], consulted=[source(kept), source(gone)]
    )
    target = {"contact": gone.pk, "contacts": [kept.pk, gone.pk]}
    proposal = Proposal.objects.create(conversation=talk, kind="tag", data={"tag": "x"}, target=target)
    merge(alice, kept, gone)
    for row in (talk, other, answer, proposal):
        row.refresh_from_db()
    assert (talk.contact_id, other.contact_id) == (kept.pk, gone.pk)
    assert [said["url"] for said in answer.sources] == [kept.get_absolute_url(), f"{kept.get_absolute_url()}#date-5"]
    assert [said["id"] for said in answer.sources] == [kept.pk, 5]
    assert [said["id"] for said in answer.consulted] == [kept.pk, kept.pk]
    assert proposal.target == {"contact": kept.pk, "contacts": [kept.pk]}
    merging.undo(Book(alice), Merge.objects.get())
    for row in (talk, answer, proposal):
        row.refresh_from_db()
    assert (talk.contact_id, proposal.target) == (gone.pk, target)
    assert answer.sources == [source(gone), date]
