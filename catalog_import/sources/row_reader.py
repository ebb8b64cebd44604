"""The cells of one native row → values, a variant's record, and all problems of the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from catalog_import.sources import cells
from catalog_import.sources.cells import CLEAR, CellError
from catalog_import.sources.columns import WRONG, Column, Kind, Specs
from catalog_import.sources.dialects.native_rows import NativeRow, Origin, key_of
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at, warning_at
from catalog_import.sources.values.categories import Categories
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_CURRENCY, MediaRecord, Money, VariantRecord

MAX_KEY = 250


@dataclass(frozen=True, slots=True)
class Context:
    """What all rows of one reading share. `currencies`: channel slug → ISO 4217 code, where it is known."""

    specs: Specs
    currencies: Mapping[str, str]
    notes: Notes
    problems: list[Problem]
    categories: Categories = field(default_factory=Categories)


@dataclass(slots=True)
class Found:
    """What the cells of a row say of its product (`own`) and its variant, and whether either has a wrong word.

    By channel: `currencies` of columns of their own, and `beside` the amounts or in the headers of prices.
    """

    own: dict[str, Any]
    variant: dict[str, Any]
    amounts: dict[str, Any]
    compare_at: dict[str, Any]
    pictures: list[tuple[int, MediaRecord]]
    currencies: dict[str, str] = field(default_factory=dict)
    beside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    is_good: bool = True
    is_own_good: bool = True


class RowReader:
    """Reads the cells of one row, and tells what is wrong with each."""

    __slots__ = ("context", "origin", "place")

    def __init__(self, context: Context, place: Place, origin: Origin) -> None:
        self.context = context
        self.place = place
        self.origin = origin

    def read(self, row: NativeRow) -> Found:
        found = Found({}, {}, {}, {}, [])
        own = found.own
        of, known = self.context.specs.of, self.context.specs.known
        for name, cell in row.cells.items():
            column = known.get(name) or of(name)
            kind = column.kind
            if kind is Kind.KEY:
                continue
            value = self.cell(name, column, cell, found)
            if value is WRONG:
                if name in self.origin.forgiving:
                    continue
                if kind is Kind.PRODUCT or kind is Kind.ATTRIBUTE:
                    found.is_own_good = False
                else:
                    found.is_good = False
            elif kind is Kind.PRODUCT:
                own[column.field] = value
            elif kind is Kind.VARIANT:
                found.variant[column.field] = value
            elif kind is Kind.PRICE:
                found.amounts[column.key] = value
            elif kind is Kind.COMPARE_AT:
                found.compare_at[column.key] = value
            elif kind is Kind.CURRENCY:
                found.currencies[column.key] = value
            elif kind is Kind.ATTRIBUTE:
                own.setdefault("attributes", {})[column.key] = value
            else:
                found.variant.setdefault(column.field, {})[column.key] = value
        for position, cell in row.pictures:
            media = self.cell("image", self.context.specs.of("image"), cell, found)
            if media is not WRONG:
                found.pictures += [(position, one) for one in media]
            elif "image" not in self.origin.forgiving:
                found.is_own_good = False
        return found

    def cell(self, name: str, column: Column, cell: str, found: Found) -> Any:
        """The cell's value, or `WRONG` with its problem told."""
        if cell == CLEAR:
            if column.can_clear:
                return column.cleared
            self.error(
                name, ProblemCode.INVALID_VALUE, f"{self.origin.head(name)} cannot be cleared; give a value.", cell
            )
            return WRONG
        try:
            if column.is_money:
                return self.money(name, column, cell, found)
            if column.kind is Kind.STOCK:
                value: Any = cells.parse_units(cell, self.origin.decimals.get(name, ""))
            else:
                value = column.parse(cell)
        except CellError as error:
            self.error(name, error.code, str(error), cell)
            return WRONG
        if column.read_as is not None and (how := column.read_as(cell, value)):
            self.context.notes.add(how, row=self.place.row, column=self.origin.head(name), example=cell)
        return self.context.categories.named(value) if column.field == "category" else value

    def money(self, name: str, column: Column, cell: str, found: Found) -> Any:
        money = cells.parse_money(cell, self.origin.decimals.get(name, ""))
        for how in money.how:
            self.context.notes.add(how, row=self.place.row, column=self.origin.head(name), example=cell)
        if money.value == 0 and column.kind is Kind.PRICE:
            message = "The price is 0, so the product would be given away. If that is not meant, leave the cell empty."
            head = self.origin.head(name)
            self.context.problems.append(warning_at(self.place, head, ProblemCode.INVALID_VALUE, message, value=cell))
        stated = self.origin.currencies.get(name, ())
        if money.currencies and stated and not set(stated) & set(money.currencies):
            message = f"The column is in {stated[0]}, the cell in {money.currencies[0]}. Make the two agree."
            self.error(name, ProblemCode.WRONG_CURRENCY, message, cell)
            return WRONG
        currencies = money.currencies or stated
        if not currencies:
            return money.value
        expected = self.context.currencies.get(column.key)
        if expected and expected not in currencies:
            self.wrong_currency(name, currencies[0], column.key, expected)
            return WRONG
        found.beside[column.key] = currencies
        return money.value

    def variant(self, found: Found, sku: str) -> VariantRecord | None:
        """The variant of a row; None when something of it is wrong."""
        said = found.variant
        for channel, currency in found.currencies.items():
            column = "currency" if channel == DEFAULT_CHANNEL else f"currency: {channel}"
            expected, beside = self.context.currencies.get(channel), found.beside.get(channel)
            if expected and currency != expected:
                self.wrong_currency(column, currency, channel, expected)
                found.is_good = False
            elif beside and currency not in beside:
                message = f"The price is in {beside[0]}, the row's currency is {currency}. Make the two agree."
                self.error(column, ProblemCode.WRONG_CURRENCY, message, currency)
                found.is_good = False
        for channel in found.compare_at:
            if channel not in found.amounts and found.is_good:
                message = "There is a compare-at price but no price. Give the price in the same row."
                self.error(compare_at_column(channel), ProblemCode.MISSING_VALUE, message)
                found.is_good = False
        if not found.is_good:
            return None
        reference = key_of(said.get("reference") or sku)
        if len(reference) > MAX_KEY:
            self.error("variant_reference", ProblemCode.TOO_LONG, too_long(reference), reference)
            return None
        said |= {"sku": sku, "reference": reference}
        if found.amounts:
            said["prices"] = self.prices(found)
        try:
            return VariantRecord.model_validate(said)
        except ValidationError as error:
            self.context.problems.append(invalid(error, self.place))
            return None

    def prices(self, found: Found) -> dict[str, Money]:
        prices = {}
        stated = {channel: beside[0] for channel, beside in found.beside.items()} | found.currencies
        for channel, amount in found.amounts.items():
            # What a channel does not say of itself, the row's own currency says.
            currency = stated.get(channel) or stated.get(DEFAULT_CHANNEL) or DEFAULT_CURRENCY
            money = {"amount": amount, "currency": self.context.currencies.get(channel) or currency}
            if channel in found.compare_at:
                before = money["compare_at"] = found.compare_at[channel]
                if before is not None and before < amount:
                    head = self.origin.head(compare_at_column(channel))
                    message = (
                        f"The price before the reduction ({before}) is below the price ({amount}). Are they swapped?"
                    )
                    problem = warning_at(
                        self.place, head, ProblemCode.COMPARE_AT_BELOW_PRICE, message, value=str(before)
                    )
                    self.context.problems.append(problem)
            prices[channel] = Money(**money)
        return prices

    def wrong_currency(self, name: str, stated: str, channel: str, expected: str) -> None:
        message = f"The price is in {stated}, but {channel} sells in {expected}. Give the price in {expected}."
        self.error(name, ProblemCode.WRONG_CURRENCY, message, stated)

    def error(self, name: str, code: ProblemCode, message: str, value: str = "") -> None:
        head = self.origin.head(name)
        if name in self.origin.forgiving:
            problem = warning_at(self.place, head, code, f"{message} The cell was left out.", value=value)
        else:
            problem = problem_at(self.place, head, code, message, value=value)
        self.context.problems.append(problem)


def compare_at_column(channel: str) -> str:
    return "compare_at_price" if channel == DEFAULT_CHANNEL else f"compare_at_price: {channel}"


def too_long(key: str) -> str:
    return f"The text has {len(key)} characters, the shop keeps {MAX_KEY}. Shorten it."


def invalid(error: ValidationError, place: Place) -> Problem:
    fault = error.errors()[0]
    where = str(fault["loc"][0]) if fault["loc"] else ""
    return problem_at(
        place, where, ProblemCode.INVALID_VALUE, f"{fault['msg']}.", value=cells.shown(str(fault.get("input", "")))
    )
