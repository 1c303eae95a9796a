"""Triggers and views: three seconds, one use, three high, the right hash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.local_workspace.errors import Impossible
from tests.slack.conftest import Office, manifest
from tests.slack.tiny_bot import FORM, button, modal, plain, section, text_input

Refused = Callable[..., Any]


def test_a_trigger_lives_three_seconds_and_works_once(office: Office, refused: Refused) -> None:
    client, trigger = office.client, office.trigger()
    client.views_open(trigger_id=trigger, view=FORM)
    again = refused(client.views_open, trigger_id=trigger, view=FORM)
    assert again["error"] == "exchanged_trigger_id"
    late = office.trigger()
    office.people.move_on(3.1)
    assert refused(client.views_open, trigger_id=late, view=FORM)["error"] == "expired_trigger_id"
    unknown = refused(client.views_open, trigger_id="1.2.3", view=FORM)
    assert unknown["error"] == "invalid_trigger_id"
    other = office.client_of(office.people.install_app(manifest()))
    stolen = refused(other.views_open, trigger_id=office.trigger(), view=FORM)
    assert stolen["error"] == "invalid_trigger_id"


def test_a_view_is_updated_only_with_its_present_hash(office: Office, refused: Refused) -> None:
    client = office.client
    opened = client.views_open(trigger_id=office.trigger(), view=FORM)["view"]
    first = client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(section("2")))
    stale = refused(
        client.views_update, view_id=opened["id"], hash=opened["hash"], view=modal(section("3"))
    )
    assert stale["error"] == "hash_conflict"
    shown = office.li_na.modal()
    assert shown is not None
    assert shown["hash"] == first["view"]["hash"]
    office.li_na.closes_modal()
    gone = refused(client.views_update, view_id=opened["id"], view=FORM)
    assert gone["error"] == "not_found"


def test_what_was_entered_stays_when_the_view_is_updated(office: Office) -> None:
    opened = office.client.views_open(trigger_id=office.trigger(), view=FORM)["view"]
    office.li_na.presses_in_modal("amount", "12")
    view = modal(text_input("amount"), text_input("reason"))
    kept = office.client.views_update(view_id=opened["id"], view=view)["view"]
    assert kept["state"]["values"]["amount"]["amount"]["value"] == "12"


def test_an_external_id_is_unique_and_finds_its_view(office: Office, refused: Refused) -> None:
    client, named = office.client, {**FORM, "external_id": "note-7"}
    client.views_open(trigger_id=office.trigger(), view=named)
    client.views_update(external_id="note-7", view={**named, "title": plain("Changed")})
    shown = office.li_na.modal()
    assert shown is not None
    assert shown["title"]["text"] == "Changed"
    taken = refused(client.views_open, trigger_id=office.trigger(), view=named)
    assert taken["error"] == "duplicate_external_id"


def test_modals_stand_three_high_at_most(office: Office, refused: Refused) -> None:
    client = office.client
    deeper = modal({"type": "actions", "elements": [button("deeper")]})
    client.views_open(trigger_id=office.trigger(), view=deeper)

    def trigger() -> str:
        office.li_na.presses_in_modal("deeper")
        pressed = office.people.journal("delivery", type="block_actions")[-1]
        return str(pressed["payload"]["trigger_id"])

    client.views_push(trigger_id=trigger(), view=deeper)
    client.views_push(trigger_id=trigger(), view=deeper)
    high = refused(client.views_push, trigger_id=trigger(), view=deeper)
    assert high["error"] == "push_limit_reached"
    from_outside = refused(client.views_push, trigger_id=office.trigger(), view=deeper)
    assert from_outside["error"] == "invalid_trigger_id"


def test_a_home_has_a_hash_too_and_needs_somebody_to_see_it(
    office: Office, refused: Refused
) -> None:
    client, li_na = office.client, office.id_of("Li Na")
    home = {"type": "home", "blocks": [section("1")]}
    first = client.views_publish(user_id=li_na, view=home)["view"]
    client.views_publish(user_id=li_na, view={"type": "home", "blocks": [section("2")]})
    stale = refused(client.views_publish, user_id=li_na, view=home, hash=first["hash"])
    assert stale["error"] == "hash_conflict"
    assert refused(client.views_publish, user_id="U404", view=home)["error"] == "user_not_found"
    plainly = manifest()
    plainly["features"]["app_home"]["home_tab_enabled"] = False
    other = office.client_of(office.people.install_app(plainly))
    assert refused(other.views_publish, user_id=li_na, view=home)["error"] == "not_enabled"


def test_what_an_input_would_not_take_is_not_submitted(office: Office) -> None:
    short = text_input("code")
    short["element"] |= {"min_length": 2, "max_length": 4}
    office.client.views_open(trigger_id=office.trigger(), view=modal(short))
    for wrong in ("x", "xxxxx"):
        with pytest.raises(Impossible):
            office.li_na.submits(code=wrong)
    assert office.li_na.submits()["errors"] == {"code": "required"}
