"""Block elements: buttons, menus, inputs, rich text, with the sizes that Slack allows."""

from __future__ import annotations

import re
from typing import Any

from bot.local_workspace.block_rules import (
    DATE,
    TIME,
    Check,
    Report,
    Shape,
    anything,
    by_type,
    flag,
    many,
    matching,
    number,
    one_of,
    string,
    text,
)

CONFIRM = Shape(
    {
        "title": text(100, plain=True),
        "text": text(300),
        "confirm": text(30, plain=True),
        "deny": text(30, plain=True),
    },
    {"style": one_of(("primary", "danger"))},
)
OPTION = Shape(
    {"text": text(75), "value": string(150, 1)},
    {"description": text(75), "url": string(3000)},
)
OPTION_GROUP = Shape({"label": text(75, plain=True), "options": many(OPTION, 100)}, {})
SLACK_FILE = Shape({}, {"id": string(255), "url": string(3000)}, one_of=("id", "url"))

_PLACE = re.compile(r"/(elements/\d+|element|accessory|actions/\d+)/action_id$")


def _action_id(value: Any, where: str, report: Report) -> None:
    string(255, 1)(value, where, report)
    if isinstance(value, str):
        key = f"{_PLACE.sub('', where)}\0{value}"
        if key in report.action_ids:
            report.wrong(f"`action_id` `{value}` already exists", where)
        report.action_ids[key] = where


def _focus(value: Any, where: str, report: Report) -> None:
    flag(value, where, report)
    if value is True:
        report.focused.append(where)
        if len(report.focused) == 2:
            report.wrong("only one element may have focus_on_load", where)


_COMMON: dict[str, Check] = {"action_id": _action_id}
_INPUT: dict[str, Check] = {
    **_COMMON,
    "placeholder": text(150, plain=True),
    "focus_on_load": _focus,
}
_MENU: dict[str, Check] = {**_INPUT, "confirm": CONFIRM}
_MULTI: dict[str, Check] = {**_MENU, "max_selected_items": number(1)}
_DISPATCH = Shape(
    {}, {"trigger_actions_on": many(one_of(("on_enter_pressed", "on_character_entered")), 2)}
)
_FILTER = Shape(
    {},
    {
        "include": many(one_of(("im", "mpim", "private", "public")), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_STATIC: dict[str, Check] = {
    "options": many(OPTION, 100),
    "option_groups": many(OPTION_GROUP, 100),
}
_CONVERSATIONS: dict[str, Check] = {
    "default_to_current_conversation": flag,
    "filter": _FILTER,
}
_FEEDBACK = Shape(
    {"text": text(75, plain=True), "value": string(2000)}, {"accessibility_label": string(75)}
)
_EITHER = ("options", "option_groups")


def _chosen_are_offered(shape: Shape) -> Check:
    """Initial options must be among the options, character by character."""

    def check(value: Any, where: str, report: Report) -> None:
        shape(value, where, report)
        if not isinstance(value, dict):
            return
        groups = value.get("option_groups")
        offered = list(value.get("options") or [])
        for group in groups if isinstance(groups, list) else []:
            offered += group.get("options", []) if isinstance(group, dict) else []
        chosen = list(value.get("initial_options") or [])
        if "initial_option" in value:
            chosen.append(value["initial_option"])
        for one in chosen:
            if one not in offered:
                report.wrong("initial option(s) must be part of options", where)

    return check


ELEMENTS: dict[str, Check] = {
    "button": Shape(
        {"text": text(75, plain=True)},
        {
            **_COMMON,
            "url": string(3000),
            "value": string(2000),
            "style": one_of(("primary", "danger")),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "agent_prompt": string(4000),
            "agent_prompt_display": anything,
            "visible_to_user_ids": many(string(), None),
        },
    ),
    "workflow_button": Shape(
        {"text": text(75, plain=True), "workflow": anything},
        {**_COMMON, "style": one_of(("primary", "danger")), "accessibility_label": string(75)},
    ),
    "icon_button": Shape(
        {"icon": one_of(("trash",)), "text": text(75, plain=True)},
        {
            **_COMMON,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": many(string(), None),
        },
    ),
    "feedback_buttons": Shape(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _COMMON
    ),
    "overflow": Shape({"options": many(OPTION, 5)}, {**_COMMON, "confirm": CONFIRM}),
    "image": Shape(
        {"alt_text": string(2000)},
        {"image_url": string(3000, 1), "slack_file": SLACK_FILE},
        one_of=("image_url", "slack_file"),
        not_both=("image_url", "slack_file"),
    ),
    "checkboxes": _chosen_are_offered(
        Shape(
            {"options": many(OPTION, 10)},
            {
                **_COMMON,
                "initial_options": many(OPTION),
                "confirm": CONFIRM,
                "focus_on_load": _focus,
            },
        )
    ),
    "radio_buttons": _chosen_are_offered(
        Shape(
            {"options": many(OPTION, 10)},
            {**_COMMON, "initial_option": OPTION, "confirm": CONFIRM, "focus_on_load": _focus},
        )
    ),
    "datepicker": Shape({}, {**_MENU, "initial_date": matching(DATE, "a date as YYYY-MM-DD")}),
    "timepicker": Shape(
        {}, {**_MENU, "initial_time": matching(TIME, "a time as HH:mm"), "timezone": string()}
    ),
    "datetimepicker": Shape(
        {},
        {
            **_COMMON,
            "initial_date_time": number(1_000_000_000, 9_999_999_999),
            "confirm": CONFIRM,
            "focus_on_load": _focus,
        },
    ),
    "static_select": _chosen_are_offered(
        Shape({}, {**_MENU, **_STATIC, "initial_option": OPTION}, _EITHER, _EITHER)
    ),
    "multi_static_select": _chosen_are_offered(
        Shape({}, {**_MULTI, **_STATIC, "initial_options": many(OPTION, 100)}, _EITHER, _EITHER)
    ),
    "external_select": Shape(
        {}, {**_MENU, "min_query_length": number(0), "initial_option": OPTION}
    ),
    "multi_external_select": Shape(
        {}, {**_MULTI, "min_query_length": number(0), "initial_options": many(OPTION, 100)}
    ),
    "users_select": Shape({}, {**_MENU, "initial_user": string()}),
    "multi_users_select": Shape({}, {**_MULTI, "initial_users": many(string())}),
    "conversations_select": Shape(
        {},
        {**_MENU, **_CONVERSATIONS, "initial_conversation": string(), "response_url_enabled": flag},
    ),
    "multi_conversations_select": Shape(
        {}, {**_MULTI, **_CONVERSATIONS, "initial_conversations": many(string())}
    ),
    "channels_select": Shape(
        {}, {**_MENU, "initial_channel": string(), "response_url_enabled": flag}
    ),
    "multi_channels_select": Shape({}, {**_MULTI, "initial_channels": many(string())}),
    "plain_text_input": Shape(
        {},
        {
            **_INPUT,
            "initial_value": string(3000),
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
            "dispatch_action_config": _DISPATCH,
        },
    ),
    "email_text_input": Shape(
        {}, {**_INPUT, "initial_value": string(), "dispatch_action_config": _DISPATCH}
    ),
    "url_text_input": Shape(
        {}, {**_INPUT, "initial_value": string(), "dispatch_action_config": _DISPATCH}
    ),
    "number_input": Shape(
        {"is_decimal_allowed": flag},
        {
            **_INPUT,
            "initial_value": string(),
            "min_value": string(),
            "max_value": string(),
            "dispatch_action_config": _DISPATCH,
        },
    ),
    "rich_text_input": Shape(
        {},
        {
            **_INPUT,
            "initial_value": anything,
            "dispatch_action_config": _DISPATCH,
            "min_lines": number(1),
            "max_lines": number(1),
        },
    ),
    "file_input": Shape({}, {**_COMMON, "filetypes": many(string()), "max_files": number(1, 10)}),
}

_MENUS = {
    f"{many_}{what}_select"
    for many_ in ("", "multi_")
    for what in ("static", "external", "users", "conversations", "channels")
}
_CHOICES = _MENUS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
IN_ACTIONS = _CHOICES | {"button", "overflow", "workflow_button", "datetimepicker"}
IN_SECTION = _CHOICES | {"button", "overflow", "workflow_button", "image"}
IN_INPUT = _CHOICES | {
    "datetimepicker",
    "email_text_input",
    "file_input",
    "number_input",
    "plain_text_input",
    "rich_text_input",
    "url_text_input",
}


def element(allowed: set[str]) -> Check:
    """One of the elements that may stand in a place."""
    return by_type(ELEMENTS, allowed)
