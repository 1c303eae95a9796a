"""Pictures come after their text, once, with words for who does not see them."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from bot.local_workspace.people import Spoken
from tests.slack.face.conftest import Office, mention
from tests.slack.face.watching import LI_NA, all_quiet, payload_of, room_of, said

JONAS = "jonas.weber@example.com"
MAP = "Draw the relationship map of ACME"


@pytest.fixture(scope="module")
def office(http_office: Office) -> Office:
    """Over which transport a question comes makes no difference to its picture."""
    return http_office


def read(office: Office, spoken: Spoken, who: str = LI_NA) -> list[dict[str, Any]]:
    """What the bot wrote in the thread, once all is quiet."""
    all_quiet(office, 40)
    found = office.person(who).reads(spoken.channel, spoken.thread)
    return [one for one in found if one.get("bot_id")]


def shown(message: dict[str, Any]) -> dict[str, Any]:
    """The image that a message shows."""
    (block,) = message["blocks"]
    assert block["type"] == "image"
    return dict(block)


def of_pictures(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the messages that show a picture."""
    return [one for one in messages if (one.get("blocks") or [{}])[0].get("type") == "image"]


def at_the_upload(office: Office, text: str) -> Spoken:
    """A question whose text is answered, while its picture is being uploaded."""
    before = len(office.people.calls("files.getUploadURLExternal"))
    office.people.fail("files.getUploadURLExternal", "slow", seconds=1.0)
    spoken = said(office, text)
    office.people.waits_until(
        lambda: office.people.calls("files.getUploadURLExternal")[before:], 30
    )
    return spoken


def test_the_map_follows_its_text_and_says_in_words_what_it_shows(office: Office) -> None:
    spoken = said(office, MAP)
    text, picture = read(office, spoken)
    assert "The map is attached" in str(text["blocks"])
    image = shown(picture)
    assert image["alt_text"].startswith("Relationship map of ACME Corp on 2026-11-21: 9 people")
    assert picture["text"] == image["alt_text"]
    file = office.person(LI_NA).do("file", file_id=image["slack_file"]["id"])
    opened = Image.open(io.BytesIO(base64.b64decode(file["content"])))
    assert opened.format == "PNG"
    assert opened.width > opened.height > 900
    assert file["alt_txt"] == image["alt_text"]


def test_the_words_are_in_the_language_of_the_question(office: Office) -> None:
    picture = read(office, said(office, "画一下 Globex 的关系图"))[-1]
    assert shown(picture)["alt_text"].startswith("Globex 关系图")


def test_a_question_that_comes_again_shows_its_picture_once(office: Office) -> None:
    spoken = said(office, MAP)
    assert len(read(office, spoken)) == 2
    office.people.do("repeat_event", event_id=payload_of(office, spoken)["event_id"])
    assert len(read(office, spoken)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drop_after", "drop", "rate_limited"])
def test_a_picture_whose_message_was_lost_on_the_way_is_shown_once(
    office: Office, kind: str
) -> None:
    spoken = at_the_upload(office, MAP)
    uploads = len(office.people.calls("files.completeUploadExternal"))
    office.people.fail("chat.postMessage", kind)
    assert len(of_pictures(read(office, spoken))) == 1
    assert len(office.people.calls("files.completeUploadExternal")) == uploads + 1


@pytest.mark.slow
def test_an_upload_that_broke_off_is_tried_again(office: Office) -> None:
    office.people.fail("files.completeUploadExternal", "drop_after")
    assert len(of_pictures(read(office, said(office, MAP)))) == 1


@pytest.mark.slow
def test_slack_is_given_time_to_look_at_the_file(office: Office) -> None:
    spoken = at_the_upload(office, MAP)
    office.people.fail("chat.postMessage", "error", times=2, code="invalid_blocks")
    found = read(office, spoken)
    assert len(found) == 2
    assert shown(found[1])


@pytest.mark.slow
def test_where_no_file_is_taken_the_picture_is_told_in_words(office: Office) -> None:
    office.people.fail("files.getUploadURLExternal", "error", code="missing_scope")
    found = read(office, said(office, MAP))
    assert not of_pictures(found)
    assert len(found) == 2
    assert "could not be shown" in str(found[1]["blocks"])
    assert "Dana Wu" in str(found[1]["blocks"])


def test_the_map_of_a_team_account_asked_for_in_public_goes_to_the_asker_alone(
    office: Office,
) -> None:
    channel = office.channel("initech-map", JONAS)
    spoken = office.person(LI_NA).says(channel, f"{mention(office)} map of Initech please")
    room = room_of(office)
    there = read(office, spoken)
    assert not of_pictures(there)
    mine = [one for one in office.person(LI_NA).reads(room) if one.get("bot_id")]
    (image,) = [shown(one) for one in of_pictures(mine)]
    assert "Initech" in image["alt_text"]
    assert office.person(LI_NA).do("file", file_id=image["slack_file"]["id"])
    with pytest.raises(Exception, match="can't open"):
        office.person(JONAS).do("file", file_id=image["slack_file"]["id"])


def test_a_map_in_public_says_nothing_of_who_is_for_or_against_us(office: Office) -> None:
    channel = office.channel("acme-map", JONAS)
    in_private = shown(read(office, said(office, "Draw the relationship map of Globex"))[-1])
    spoken = office.person(LI_NA).says(
        channel, f"{mention(office)} draw the relationship map of Globex"
    )
    in_public = shown(read(office, spoken)[-1])
    assert "Against us: Claire Dubois" in in_private["alt_text"]
    assert "Against us" not in in_public["alt_text"]


@pytest.mark.slow
def test_the_map_of_an_edited_question_takes_the_place_of_the_first(office: Office) -> None:
    spoken = said(office, MAP)
    first = of_pictures(read(office, spoken))[0]
    office.person(LI_NA).edits(spoken, "Draw the relationship map of Globex")
    found = read(office, spoken)
    assert len(found) == 2
    assert found[1]["ts"] == first["ts"]
    assert "Globex" in shown(found[1])["alt_text"]


@pytest.mark.slow
def test_a_question_that_is_deleted_takes_its_map_with_it(office: Office) -> None:
    spoken = said(office, MAP)
    assert len(read(office, spoken)) == 2
    office.person(LI_NA).deletes(spoken)
    all_quiet(office)
    assert not [one for one in office.from_bot(LI_NA, spoken.channel, spoken.thread) if one]


@pytest.mark.slow
def test_the_picture_of_a_command_comes_by_direct_message(office: Office) -> None:
    channel, room = office.channel("by-command"), room_of(office)
    before = len(of_pictures(office.person(LI_NA).reads(room)))
    office.person(LI_NA).commands(channel, "/kam ask draw the relationship map of ACME")
    all_quiet(office, 40)
    found = [one for one in office.person(LI_NA).reads(room) if one.get("bot_id")]
    assert len(of_pictures(found)) == before + 1
