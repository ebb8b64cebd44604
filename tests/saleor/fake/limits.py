"""What Saleor lets into one document: its cost, its aliases, its mutations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    VariableNode,
    Visitor,
    get_named_type,
    visit,
)

MAX_COST: Final = 50_000
MAX_ALIASES: Final = 100
MAX_MUTATIONS: Final = 4

PAGED: Final = ("first", "last")
# The fields that cost one each, for every node of the pages that they are in; others are free.
COSTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "Query": {
        **dict.fromkeys(("app", "attribute", "channels", "collection", "page", "product"), ()),
        **dict.fromkeys(("attributes", "categories", "collections", "pages", "pageTypes", "products"), PAGED),
        **dict.fromkeys(("productTypes", "productVariants", "menus", "warehouses"), PAGED),
    },
    "Attribute": {
        **dict.fromkeys(("choices", "productTypes", "productVariantTypes"), PAGED),
        "referenceTypes": ("limit",),
    },
    "Category": {
        **dict.fromkeys(("ancestors", "children", "products"), PAGED),
        **dict.fromkeys(("description", "parent"), ()),
    },
    "Collection": {"channelListings": (), "description": (), "products": PAGED},
    "CollectionChannelListing": {"channel": ()},
    "Menu": {"items": ()},
    "MenuItem": dict.fromkeys(("category", "children", "collection", "menu", "page", "parent"), ()),
    "Page": dict.fromkeys(("attributes", "pageType"), ()),
    "PageType": {"attributes": (), "availableAttributes": PAGED},
    "Product": {
        **dict.fromkeys(("attributes", "category", "channelListings", "collections", "defaultVariant"), ()),
        **dict.fromkeys(("description", "media", "mediaById", "productType", "variants"), ()),
        "productVariants": PAGED,
    },
    "ProductChannelListing": {"channel": ()},
    "ProductMedia": {"url": ()},
    "ProductType": {"availableAttributes": PAGED, "productAttributes": (), "products": PAGED},
    "ProductVariant": dict.fromkeys(("attributes", "channelListings", "media", "product"), ()),
    "ProductVariantChannelListing": {"channel": ()},
    "SelectedAttribute": dict.fromkeys(("attribute", "values"), ()),
    "Shop": dict.fromkeys(("availablePaymentGateways", "availableShippingMethods", "countries"), ()),
    "Stock": {"productVariant": ()},
}


class Cost:
    """Adds up what a document costs."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.schema = schema
        self.variables = variables
        self.document = document
        self.fragments = {
            found.name.value: found for found in document.definitions if isinstance(found, FragmentDefinitionNode)
        }

    def total(self) -> int:
        return sum(
            self.of_selection(found.selection_set, self.schema.get_root_type(found.operation), 1)
            for found in self.document.definitions
            if isinstance(found, OperationDefinitionNode)
        )

    def of_selection(self, selection: SelectionSetNode | None, kind: GraphQLNamedType | None, times: int) -> int:
        if selection is None or kind is None:
            return 0
        total = 0
        of_fragments: dict[str, int] = defaultdict(int)
        for node in selection.selections:
            if isinstance(node, FieldNode):
                total += self.of_field(node, kind, times)
                continue
            found = self.fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
            if isinstance(found, FragmentDefinitionNode | InlineFragmentNode):
                condition = found.type_condition
                inner = self.schema.get_type(condition.name.value) if condition else kind
                if inner is not None:
                    of_fragments[inner.name] += self.of_selection(found.selection_set, inner, times)
        return total + max(of_fragments.values(), default=0)

    def of_field(self, node: FieldNode, kind: GraphQLNamedType, times: int) -> int:
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            return 0
        found = kind.fields.get(node.name.value)
        if found is None:
            return 0
        own = 0
        multipliers = COSTS.get(kind.name, {}).get(node.name.value)
        if multipliers is not None:
            sizes = [self.argument(node, found.args, name) for name in multipliers]
            times *= sum(size for size in sizes if size > 0) or 1
            own = times
        return own + self.of_selection(node.selection_set, get_named_type(found.type), times)

    def argument(self, node: FieldNode, arguments: Mapping[str, GraphQLArgument], name: str) -> int:
        value: Any = arguments[name].default_value if name in arguments else None
        for given in node.arguments:
            if given.name.value == name and isinstance(given.value, VariableNode):
                value = self.variables.get(given.value.name.value)
            elif given.name.value == name and isinstance(given.value, IntValueNode):
                value = int(given.value.value)
        return value if isinstance(value, int) and value is not Undefined else 0


class Counter(Visitor):
    """Counts aliases, and the fields of mutations."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases = 0
        self.mutations = 0

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.aliases += node.alias is not None

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        if node.operation.value == "mutation":
            self.mutations += len(node.selection_set.selections)


def over_limits(document: DocumentNode, cost: int) -> Sequence[str]:
    """What is too much of the document, in Saleor's words."""
    counter = Counter()
    visit(document, counter)
    found = []
    if cost > MAX_COST:
        found.append(f"The query exceeds the maximum cost of {MAX_COST}. Actual cost is {cost}")
    if counter.aliases > MAX_ALIASES:
        found.append(f"Number of aliases exceed the limit of {MAX_ALIASES}")
    if counter.mutations > MAX_MUTATIONS:
        found.append(f"Number of mutations exceed the limit of {MAX_MUTATIONS}")
    return found
