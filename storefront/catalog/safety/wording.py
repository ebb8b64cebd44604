"""Contraindications as pages show them: grouped, the shortest form first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from storefront.catalog.records import CautionKind
from storefront.catalog.safety.rules import Contraindication
from storefront.catalog.taxonomy import Severity


@dataclass(frozen=True, slots=True)
class Groups:
    """What is to be known before a tool is used.

    `stop` are the signs to stop, `limits` how much and how often, `notes` what else the maker or seller says.
    """

    never: Sequence[Contraindication]
    ask_first: Sequence[Contraindication]
    keep_off: Sequence[Contraindication]
    stop: Sequence[str] = ()
    limits: Sequence[str] = ()
    notes: Sequence[Mapping[str, str]] = ()

    def __bool__(self) -> bool:
        return bool(self.never or self.ask_first or self.keep_off or self.stop or self.limits or self.notes)


def lower_first(text: str) -> str:
    """Return a name as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def grouped(found: Iterable[Contraindication], cautions: Iterable[Mapping[str, str]] = ()) -> Groups:
    """Return contraindications and cautions by what is to be done."""
    by_severity: dict[Severity, list[Contraindication]] = {severity: [] for severity in Severity}
    for one in found:
        by_severity[one.severity].append(one)
    stop: list[str] = []
    limits: list[str] = []
    notes: list[Mapping[str, str]] = []
    for caution in cautions:
        if caution["kind"] == CautionKind.STOP.value:
            stop.append(caution["text"])
        elif caution["kind"] == CautionKind.LIMIT.value:
            limits.append(caution["text"])
        else:
            notes.append(caution)
    return Groups(
        never=by_severity[Severity.NEVER],
        ask_first=by_severity[Severity.ASK_FIRST],
        keep_off=by_severity[Severity.KEEP_OFF],
        stop=stop,
        limits=limits,
        notes=notes,
    )
