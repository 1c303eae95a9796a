"""What a person enters into an element, as its value in payloads."""

from __future__ import annotations

from typing import Any

from bot.local_workspace.errors import Impossible, Json

_TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
_ONE = {
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
_SEVERAL = {
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
UNSET = object()


def entered(element: Json, value: Any = UNSET, offered: list[Json] | None = None) -> Json | None:
    """An element's value in `state.values`: what was entered, else its initial value.

    None for elements that hold no value. Options are named by their value; `offered` are those
    an external select has shown. Raises Impossible for what the client would not let in.
    """
    kind = element["type"]
    if kind in _TYPED:
        text = element.get("initial_value") if value is UNSET else value
        _fits(element, text)
        return {"type": kind, "value": text}
    if kind == "rich_text_input":
        given = element.get("initial_value") if value is UNSET else value
        return {"type": kind, "rich_text_value": given}
    if kind in _ONE or kind in _SEVERAL:
        selected, initial = (_ONE | _SEVERAL)[kind]
        missing: list[str] | None = None if kind in _ONE else []
        return {"type": kind, selected: element.get(initial, missing) if value is UNSET else value}
    if kind in _OPTION:
        chosen = element.get("initial_option")
        if value is not UNSET:
            chosen = None if value is None else _option(element, value, offered)
        return {"type": kind, "selected_option": chosen}
    if kind in _OPTIONS:
        several = element.get("initial_options", [])
        if value is not UNSET:
            several = [_option(element, one, offered) for one in value]
        return {"type": kind, "selected_options": several}
    if kind == "file_input":
        return {"type": kind, "files": [] if value is UNSET else value}
    return None


def pressed(element: Json, value: Any, offered: list[Json] | None = None) -> Json:
    """The action that a click or a choice sends. Raises Impossible."""
    kind = element["type"]
    action: Json = {"type": kind, "action_id": element["action_id"]}
    if kind in ("button", "workflow_button", "icon_button"):
        action["text"] = element["text"]
        for name in ("value", "style", "url"):
            if name in element:
                action[name] = element[name]
        return action
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            if value in (element[name]["value"], name.removesuffix("_button")):
                return action | {"text": element[name]["text"], "value": element[name]["value"]}
        raise Impossible(f"no feedback {value!r}")
    found = entered(element, value, offered)
    if found is None:
        raise Impossible(f"nothing to press in {kind!r}")
    return action | found


def empty(value: Json) -> bool:
    """Whether nothing has been entered."""
    return not any(inner for name, inner in value.items() if name != "type")


def _fits(element: Json, text: Any) -> None:
    if text is None or text == "":
        return
    if not isinstance(text, str):
        raise Impossible(f"{text!r} is not text")
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if not least <= len(text) <= most:
        raise Impossible(f"the field takes {least} to {most} characters")


def _option(element: Json, value: str, offered: list[Json] | None) -> Json:
    groups = element.get("option_groups", [])
    options = list(element.get("options", [])) + (offered or [])
    options += [one for group in groups for one in group["options"]]
    for option in options:
        if value in (option["value"], option["text"]["text"]):
            return dict(option)
    raise Impossible(f"no option {value!r}")
