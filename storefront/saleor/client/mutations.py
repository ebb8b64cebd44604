"""Sending mutations: up to four in one document, with what each of them answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storefront.saleor.client.errors import Fault, RequestFailed, SaleorError
from storefront.saleor.client.transport import MAX_MUTATIONS, Saleor
from storefront.saleor.schema.documents import Call, document_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why Saleor did not take something: which field of its input, and its words. `row`: of a bulk mutation, which of
    its rows."""

    message: str
    field: str = ""
    code: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutation. Without refusals it was done."""

    data: Mapping[str, Any] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()


class MutationRejected(SaleorError):
    """Saleor refused a mutation that has to be done; the text says why."""

    def __init__(self, call: Call, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        reasons = "; ".join(
            f"{refusal.field}: {refusal.message}" if refusal.field else refusal.message for refusal in refusals
        )
        super().__init__(f"Saleor rejected {call.mutation.field}: {reasons}")


def do(saleor: Saleor, calls: Sequence[Call], *, may_repeat: bool = True) -> list[Outcome]:
    """Do the mutations in their order; return what became of each. Each commits on its own.

    Raise what `Saleor.send` raises; mutations before the one that it raised for may be done.
    """
    found: list[Outcome] = []
    for start in range(0, len(calls), MAX_MUTATIONS):
        part = calls[start : start + MAX_MUTATIONS]
        document, variables = document_of(part)
        try:
            answer = saleor.send(document, variables, may_repeat=may_repeat)
        except RequestFailed as error:
            if all(fault.path for fault in error.faults):
                # Each of them failed as a whole, and each says so for itself.
                found += [outcome_of(None, error.faults, number) for number in range(len(part))]
                continue
            raise
        found += [outcome_of(answer.data.get(f"m{number}"), answer.faults, number) for number in range(len(part))]
    return found


def do_one(saleor: Saleor, call: Call, *, may_repeat: bool = True) -> Mapping[str, Any]:
    """Do one mutation that has to be done. Raise `MutationRejected` where Saleor refuses it."""
    outcome = do(saleor, [call], may_repeat=may_repeat)[0]
    if outcome.refusals:
        raise MutationRejected(call, outcome.refusals)
    return outcome.data


def outcome_of(data: Mapping[str, Any] | None, faults: Sequence[Fault], number: int) -> Outcome:
    mine = [fault for fault in faults if fault.path and fault.path[0] == f"m{number}"]
    if data is None:
        reasons = mine or [Fault("Saleor gave no answer.")]
        return Outcome({}, tuple(Refusal(fault.message, code=fault.code) for fault in reasons))
    return Outcome(data, tuple(refusals_of(data)))


def refusals_of(data: Mapping[str, Any]) -> list[Refusal]:
    """Return the errors of an answer, those of its rows included."""
    found = [refusal_of(error) for error in data.get("errors") or ()]
    for number, result in enumerate(data.get("results") or ()):
        found += [refusal_of(error, number) for error in result.get("errors") or ()]
    return found


def refusal_of(error: Mapping[str, Any], row: int | None = None) -> Refusal:
    return Refusal(
        str(error.get("message") or ""),
        str(error.get("path") or error.get("field") or ""),
        str(error.get("code") or ""),
        row,
    )
