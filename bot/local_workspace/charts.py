"""The data_visualization block: pies, bars, lines and areas, with the sizes Slack allows."""

from __future__ import annotations

from typing import Any

from bot.local_workspace.block_rules import Check, Report, Shape, by_type, many, string

_LABEL = string(20, 1, counted=True)


def _amount(value: Any, where: str, report: Report) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        report.wrong("must be a number", where)


_POINT = Shape({"label": _LABEL, "value": _amount}, {})
_SERIES = many(Shape({"name": _LABEL, "data": many(_POINT, 20)}, {}), 6)
_AXES = Shape(
    {"categories": many(_LABEL, 20)}, {"x_label": string(50, 1), "y_label": string(50, 1)}
)
_PLOTTED = Shape({"series": _SERIES, "axis_config": _AXES}, {})


def _plotted(value: Any, where: str, report: Report) -> None:
    """Every series has a name of its own and one value for every category."""
    before = len(report.problems)
    _PLOTTED(value, where, report)
    if len(report.problems) > before:
        return
    names = [one["name"] for one in value["series"]]
    if len(set(names)) < len(names):
        report.wrong("series names must be unique", f"{where}/series")
    categories = value["axis_config"]["categories"]
    for number, one in enumerate(value["series"]):
        if [point["label"] for point in one["data"]] != categories:
            report.wrong("labels must match the axis categories", f"{where}/series/{number}/data")


CHART: Check = by_type(
    {
        "pie": Shape({"segments": many(_POINT, 6)}, {}),
        "bar": _plotted,
        "line": _plotted,
        "area": _plotted,
    }
)
