"""What a query may cost, worked out before it runs: a short query must not ask for millions of rows.

As in Saleor a field costs one, times the number of rows of each list around it. Lists without a `first` or `last`
count by the sizes below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

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
    "toolTypes": 3,
    "items": 8,
}


def cost_of(document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any] | None) -> int:
    """The cost of the operation that would run. Stops counting once it is above `MAX_COST`."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    named = [node for node in operations if node.name and node.name.value == operation_name]
    return sum(_cost(node.selection_set, fragments, variables or {}) for node in named or operations[:1])


def _cost(
    selection: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
) -> int:
    total = 0
    for node in selection.selections:
        if isinstance(node, FieldNode):
            inner = _cost(node.selection_set, fragments, variables) if node.selection_set else 0
            total += 1 + _rows(node, variables) * inner if not node.name.value.startswith("__") else 0
        elif isinstance(node, InlineFragmentNode):
            total += _cost(node.selection_set, fragments, variables)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
            # Validation has refused fragments that spread themselves.
            total += _cost(fragments[node.name.value].selection_set, fragments, variables)
        if total > MAX_COST:
            return total
    return total


def _rows(node: FieldNode, variables: Mapping[str, Any]) -> int:
    """How many rows a field gives at most, as far as its arguments tell."""
    for argument in node.arguments:
        if argument.name.value in ("first", "last"):
            value: Any = argument.value
            if isinstance(value, IntValueNode):
                return max(int(value.value), 1)
            if isinstance(value, VariableNode):
                given = variables.get(value.name.value)
                return max(given, 1) if isinstance(given, int) else 100
    return LIST_SIZES.get(node.name.value, 1)
