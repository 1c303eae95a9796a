"""What pictures show: plain data, read under somebody's rights, in the reader's language.

Codes (roles, stances, states) are the workbook's; the words for them are looked up when the
picture is drawn. None of it draws: a reply may hold a picture that nobody ever looks at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Bond:
    """That one of ours knows somebody of theirs."""

    person: int
    """Whose: the `key` of one of ours."""
    days: int
    """In touch, both ways, within the window of `RelationshipMap`."""
    entered: bool
    """On record, not only assumed from touches."""


@dataclass(frozen=True)
class Stakeholder:
    """Somebody of theirs."""

    key: int
    name: str
    title: str = ""
    role: str | None = None
    stance: str | None = None
    coverage: str | None = None
    layer: str | None = None
    reports_to: int | None = None
    bonds: tuple[Bond, ...] = ()
    """Strongest first."""


@dataclass(frozen=True)
class Colleague:
    """Somebody of ours."""

    key: int
    name: str
    seat: str | None = None


@dataclass(frozen=True)
class RelationshipMap:
    """Who is who at an account, and who of ours knows them (S1-10, S3-4, P-13)."""

    account: str
    on: date
    language: Language
    window_days: int
    people: tuple[Stakeholder, ...]
    ours: tuple[Colleague, ...] = ()
    inner: bool = False
    """Whether all readers may see stance and coverage."""
    threads: tuple[str, ...] = ()
    """Why the account hangs on one thread (P-13), as codes."""
    level: str | None = None
    """The relationship between the two companies, where readers may see it."""
    sponsors: tuple[str, ...] = ()
    """Executives of ours who sponsor the account."""
    agreements: tuple[str, ...] = ()
    """Contracts that run between the two companies."""
    kind: Literal["relationship_map"] = "relationship_map"


@dataclass(frozen=True)
class QuarterSales:
    """One quarter's sales, and what they are compared with; None where it is not on record."""

    label: str
    amount: float
    plan: float | None = None
    year_before: float | None = None


@dataclass(frozen=True)
class RevenueChart:
    """Sales by quarter against plan and against the year before (S1-17)."""

    account: str
    on: date
    language: Language
    currency: str
    quarters: tuple[QuarterSales, ...]
    kind: Literal["revenue"] = "revenue"


@dataclass(frozen=True)
class HealthWeek:
    """The health of one week's end; no score where too little was on record."""

    day: date
    score: int | None
    colour: str


@dataclass(frozen=True)
class HealthChart:
    """Health over the last weeks (P-1)."""

    account: str
    on: date
    language: Language
    weeks: tuple[HealthWeek, ...]
    green_from: int
    amber_from: int
    kind: Literal["health"] = "health"


@dataclass(frozen=True)
class GridCell:
    """One unit and product: ours, a rival's, open, or nothing to sell there."""

    unit: str
    product: str
    state: str | None
    rival: str = ""
    potential: float | None = None
    worked: bool = False
    """Whether an open deal of ours works it."""


@dataclass(frozen=True)
class WhitespaceGrid:
    """Units by products (S4-1)."""

    account: str
    on: date
    language: Language
    currency: str
    units: tuple[str, ...]
    products: tuple[str, ...]
    cells: tuple[GridCell, ...]
    kind: Literal["whitespace"] = "whitespace"


Drawing = RelationshipMap | RevenueChart | HealthChart | WhitespaceGrid


@cache
def _any() -> TypeAdapter[Drawing]:
    """Reads and writes a drawing of whatever kind as JSON holds it."""
    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Drawing, Field(discriminator="kind")])


@dataclass(frozen=True)
class Picture:
    """A picture of a reply, not drawn yet."""

    name: str
    """A file name without its ending."""
    alt: str
    """What it shows, in words, for who does not see it."""
    drawing: Drawing
    media_type: str = "image/png"

    def as_json(self) -> dict[str, str]:
        """What programs are told of it."""
        return {"name": self.name, "media_type": self.media_type, "alt": self.alt}

    def as_payload(self) -> dict[str, object]:
        """What is kept until it is drawn, as JSON holds it."""
        return {
            "name": self.name,
            "alt": self.alt,
            "drawing": _any().dump_python(self.drawing, mode="json"),
        }

    @classmethod
    def of_payload(cls, kept: dict[str, object]) -> Picture:
        """The same picture again."""
        return cls(str(kept["name"]), str(kept["alt"]), _any().validate_python(kept["drawing"]))
