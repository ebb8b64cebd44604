"""What a query may cost, worked out before it runs: a short query must not ask for much work.

As in Saleor a field costs one, times the number of rows of each list around it. What asks the database for more than
a column costs its price below in place of the one. Lists without a `first` or `last` count by the sizes below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    value_from_ast_untyped,
)
from graphql.pyutils import Undefined

from storefront.graphql.limits.conditions import ConditionError, check_conditions, count_conditions
from storefront.graphql.limits.documents import Fragments, fragments_of

# Saleor's own default (facts: `maximumAvailable`).
MAX_COST = 50_000
# How many rows the lists without paging usually have.
LIST_SIZES = {
    "bodyAreas": 20,
    "children": 4,
    "guides": 10,
    "targetAreas": 4,
    "relatedGuides": 3,
    "variants": 4,
    "media": 2,
    "conditions": 3,
    "contraindications": 15,
    "toolTypes": 3,
    "items": 8,
    "attributes": 12,
    "assignedAttributes": 12,
    "values": 2,
    "value": 2,
    "countries": 250,
    "productAttributes": 12,
    "variantAttributes": 3,
    "channels": 3,
}
LIST_PRICE = 50
PRICES = {
    **dict.fromkeys(
        ("products", "alsoForWhole", "pages", "categories", "collections", "menu", "totalCount"), LIST_PRICE
    ),
    **dict.fromkeys(("product", "productVariant", "page", "category", "collection", "guides", "productVariants"), 10),
    # Rich text is converted for each answer.
    **dict.fromkeys(("content", "description"), 10),
}
CONDITION_PRICE = 20
SEARCH_PRICE = 200


def cost_of(document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any] | None) -> int:
    """Return the cost of the operation that would run; of the first, where there is none of that name.

    Raises `ConditionError` where a filter is too large to be asked for at all.
    """
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    named = [node for node in operations if node.name and node.name.value == operation_name]
    total = 0
    for node in named or operations[:1]:
        defaults = {
            given.variable.name.value: value_from_ast_untyped(given.default_value)
            for given in node.variable_definitions or ()
            if given.default_value is not None
        }
        pricing = Pricing(fragments_of(document), defaults | dict(variables or {}))
        total += pricing.selection(node.selection_set, is_root=True)
    return total


@dataclass(slots=True)
class Pricing:
    """The prices in one operation; those of a fragment are worked out once. Fragments may not be circular."""

    fragments: Fragments
    variables: Mapping[str, Any]
    _of_fragments: dict[tuple[str, int, bool], int] = field(default_factory=dict)

    def selection(self, selection: SelectionSetNode | None, edges: int = 1, *, is_root: bool = False) -> int:
        """Return the price of what is selected; of a connection with so many `edges`, or of the operation itself."""
        total = 0
        for node in selection.selections if selection else ():
            if isinstance(node, FieldNode):
                total += self.field(node, is_root=is_root) * (edges if node.name.value == "edges" else 1)
            elif isinstance(node, InlineFragmentNode):
                total += self.selection(node.selection_set, edges, is_root=is_root)
            elif isinstance(node, FragmentSpreadNode):
                total += self.fragment(node.name.value, edges, is_root=is_root)
        return total

    def fragment(self, name: str, edges: int, *, is_root: bool) -> int:
        key = (name, edges, is_root)
        if key not in self._of_fragments:
            self._of_fragments[key] = self.selection(self.fragments[name].selection_set, edges, is_root=is_root)
        return self._of_fragments[key]

    def field(self, node: FieldNode, *, is_root: bool) -> int:
        name = node.name.value
        if name.startswith("__"):
            # Bounded by `documents.py`: it is answered from the schema alone.
            return 0
        arguments = {argument.name.value: self.value(argument.value) for argument in node.arguments}
        own = PRICES.get(name, 1)
        for given in (arguments.get("where"), arguments.get("filter")):
            check_conditions(given)
            # Squared, since they are planned together.
            own += CONDITION_PRICE * count_conditions(given) ** 2 + SEARCH_PRICE * has_search(given)
        own += SEARCH_PRICE * bool(arguments.get("search"))
        if (size := edges_of(arguments)) is not None:
            if name == "productVariants" and not is_root:
                # Those of one product, whatever number is asked for: as many as `variants` has.
                size = min(size, LIST_SIZES["variants"])
            return own + self.selection(node.selection_set, size)
        if "variantSelection" in arguments:
            # A variant has its options, a product a dozen attributes.
            name = "variantAttributes"
        return own + LIST_SIZES.get(name, 1) * self.selection(node.selection_set)

    def value(self, node: Any) -> Any:
        try:
            value = value_from_ast_untyped(node, dict(self.variables))
        except (ValueError, RecursionError) as error:
            raise ConditionError("An argument has a number that is too large, or is nested too deeply.") from error
        return None if value is Undefined else value


def has_search(given: Any) -> bool:
    return isinstance(given, Mapping) and bool(given.get("search"))


def edges_of(arguments: Mapping[str, Any]) -> int | None:
    """Return how many rows a connection gives at most; None for what is no connection."""
    sizes = [arguments[name] for name in ("first", "last") if name in arguments]
    for size in sizes:
        if isinstance(size, int) and not isinstance(size, bool):
            return max(size, 1)
        if size is not None:
            return 100
    return 1 if sizes else None
