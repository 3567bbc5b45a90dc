"""What the assistant proposes, and what becomes of it: nothing is written but what is confirmed."""

import datetime as dt

import pytest

from claude_ai.models import Proposal
from claude_ai.tests.people import NOW, helene_of
from contacts.models import Contact, FollowUp, Interaction, Relationship
from contacts.tests.factories import ContactFactory


@pytest.fixture(autouse=True)
def _travel(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def helene(alice):
    return helene_of(alice)


@pytest.fixture
def propose(claude, server_key, as_alice):
    """What is proposed when Claude calls these tools."""

    def propose(*calls):
        claude.streams(tools=calls).streams("Proposed.")
        body = as_alice.post("/api/claude/assistant", {"question": "Please"}, content_type="application/json").json()
        return [Proposal.objects.get(pk=proposal["id"]) for proposal in body["proposals"]]

    return propose


@pytest.fixture
def decide(as_alice):
    def decide(proposal, what, client=as_alice, **fields):
        headers = {"hx-request": "true"}
        response = client.post(f"/assistant/proposals/{proposal.pk}/{what}/", fields, headers=headers)
        proposal.refresh_from_db()
        return response

    return decide


def test_a_follow_up_is_written_when_it_is_confirmed_and_taken_back(propose, decide, helene):
    given = {"person": f"c{helene.pk}", "title": "Send the contract", "due_on": "2026-11-30"}
    [proposal] = propose(("propose_follow_up", given))
    assert not FollowUp.objects.filter(title="Send the contract").exists()
    assert decide(proposal, "confirm").status_code == 200
    written = FollowUp.objects.get(title="Send the contract")
    assert (written.contact, written.due_on, written.owed_by) == (helene, dt.date(2026, 11, 30), "me")
    decide(proposal, "undo")
    assert not FollowUp.objects.filter(title="Send the contract").exists()
    assert proposal.state == "undone"


def test_what_the_user_changes_on_the_card_is_what_is_written(propose, decide, helene):
    [proposal] = propose(("propose_follow_up", {"person": f"c{helene.pk}", "title": "Send the contract"}))
    decide(proposal, "confirm", title="Send both contracts", due_on="2026-12-01", owed_by="them", contact="1")
    written = FollowUp.objects.get(title="Send both contracts")
    assert (written.due_on, written.owed_by, written.contact) == (dt.date(2026, 12, 1), "them", helene)


def test_what_a_form_refuses_is_said_and_not_written(propose, decide, helene):
    [proposal] = propose(("propose_follow_up", {"person": f"c{helene.pk}", "title": "Send the contract"}))
    answer = decide(proposal, "confirm", title="", due_on="soon")
    assert answer.status_code == 422
    assert "This field is required." in answer.text
    assert proposal.state == "open"


def test_a_follow_up_is_closed_and_opened_again(propose, decide, helene):
    promise = FollowUp.objects.get(title="Send the quote")
    [proposal] = propose(("propose_closing", {"follow_up": f"f{promise.pk}"}))
    decide(proposal, "confirm")
    promise.refresh_from_db()
    assert promise.is_done
    decide(proposal, "undo")
    promise.refresh_from_db()
    assert not promise.is_done


@pytest.mark.parametrize(("at", "is_planned"), [("2026-11-22T12:30", False), ("2026-12-03T09:00", True)])
def test_a_talk_is_logged_or_planned(propose, decide, helene, at, is_planned):
    given = {"people": [f"c{helene.pk}"], "kind": "meeting", "at": at, "title": "Coffee", "text": "Good news."}
    [proposal] = propose(("propose_interaction", given))
    assert decide(proposal, "confirm").status_code == 200
    talk = Interaction.objects.get(title="Coffee")
    assert list(talk.contacts.all()) == [helene]
    assert talk.is_planned(NOW) is is_planned
    assert talk.occurred_at.isoformat().startswith(at[:10])
    assert talk.counts_as_contact
    decide(proposal, "undo")
    assert not Interaction.objects.filter(title="Coffee").exists()


def test_a_field_is_changed_only_while_it_says_what_it_said(propose, decide, helene):
    given = {"person": f"c{helene.pk}", "field": "city", "value": "Nantes"}
    first, second = propose(("propose_contact_change", given), ("propose_contact_change", given | {"value": "Brest"}))
    decide(first, "confirm")
    helene.refresh_from_db()
    assert helene.city == "Nantes"
    answer = decide(second, "confirm")
    assert answer.status_code == 422
    assert "nothing was written" in answer.text
    decide(first, "undo")
    helene.refresh_from_db()
    assert helene.city == "Lyon"


def test_a_tag_and_a_relationship(propose, decide, helene, alice):
    paul = Contact.objects.get(first_name="Paul")
    tag, tie = propose(
        ("propose_tag", {"person": f"c{helene.pk}", "tag": "Choir"}),
        ("propose_relationship", {"person": f"c{helene.pk}", "other": f"c{paul.pk}", "kind": "mentor"}),
    )
    decide(tag, "confirm")
    decide(tie, "confirm")
    assert helene.tags.filter(name="Choir").exists()
    assert Relationship.objects.filter(from_contact=helene, to_contact=paul, kind="mentor").exists()
    decide(tag, "undo")
    decide(tie, "undo")
    assert not helene.tags.filter(name="Choir").exists()
    assert not Relationship.objects.filter(kind="mentor").exists()


def test_an_account_of_a_lunch_is_three_proposals_for_the_right_person(propose, decide, helene):
    paul = Contact.objects.get(first_name="Paul")
    ref = f"c{paul.pk}"
    lunch, move, contract = propose(
        ("propose_interaction", {"people": [ref], "at": "2026-11-22T12:30", "title": "Lunch with Paul"}),
        ("propose_contact_change", {"person": ref, "field": "city", "value": "Lyon"}),
        ("propose_follow_up", {"person": ref, "title": "Send him the contract", "due_on": "2026-11-30"}),
    )
    for proposal in (lunch, move, contract):
        assert decide(proposal, "confirm").status_code == 200
    paul.refresh_from_db()
    assert paul.city == "Lyon"
    assert paul.interactions.filter(title="Lunch with Paul").count() == 1
    assert paul.follow_ups.filter(title="Send him the contract").count() == 1


def test_confirmed_twice_it_is_written_once(propose, decide, helene):
    [proposal] = propose(("propose_follow_up", {"person": f"c{helene.pk}", "title": "Send the contract"}))
    decide(proposal, "confirm")
    assert decide(proposal, "confirm").status_code == 422
    assert FollowUp.objects.filter(title="Send the contract").count() == 1


def test_refused_it_is_never_written(propose, decide, helene):
    [proposal] = propose(("propose_follow_up", {"person": f"c{helene.pk}", "title": "Send the contract"}))
    decide(proposal, "refuse")
    decide(proposal, "confirm")
    assert proposal.state == "refused"
    assert not FollowUp.objects.filter(title="Send the contract").exists()


def test_after_a_day_it_is_too_late(propose, decide, helene, time_machine):
    [proposal] = propose(("propose_follow_up", {"person": f"c{helene.pk}", "title": "Send the contract"}))
    time_machine.move_to(NOW + dt.timedelta(hours=25), tick=False)
    assert decide(proposal, "confirm").status_code == 422
    assert not FollowUp.objects.filter(title="Send the contract").exists()


@pytest.mark.parametrize("what", ["confirm", "refuse", "undo"])
def test_nobody_decides_for_another(propose, decide, helene, as_charlie, what):
    [proposal] = propose(("propose_follow_up", {"person": f"c{helene.pk}", "title": "Send the contract"}))
    assert decide(proposal, what, client=as_charlie).status_code == 404
    assert proposal.state == "open"


def test_somebody_deleted_meanwhile_is_no_error(propose, decide, helene):
    [proposal] = propose(("propose_follow_up", {"person": f"c{helene.pk}", "title": "Send the contract"}))
    helene.delete()
    assert decide(proposal, "confirm").status_code == 422


def test_a_draft_is_only_shown(propose, decide, helene):
    [proposal] = propose(("draft_message", {"person": f"c{helene.pk}", "text": "Dear Hélène, …"}))
    assert proposal.data["text"] == "Dear Hélène, …"


def test_one_answer_proposes_ten_things_at_most(propose, alice):
    person = ContactFactory(owner=alice)
    made = propose(*[("propose_follow_up", {"person": f"c{person.pk}", "title": f"Number {n}"}) for n in range(15)])
    assert len(made) == 10
