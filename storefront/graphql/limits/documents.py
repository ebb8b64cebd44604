"""How large a document may be, asked before it is validated: what validating and executing cost grows with it.

Every walk here ends: it is over once a limit is reached, and fragments that spread themselves are refused first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    ListTypeNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    print_ast,
)

MAX_TOKENS = 4000
MAX_DEPTH = 15
# Levels of braces, lists and objects as they are written; far below what any recursive function can bear.
MAX_NESTING = 40
MAX_DEFINITIONS = 100
MAX_ROOT_FIELDS = 50
# Selections once every fragment is written out where it is spread.
MAX_SELECTIONS = 3000
# How often one selection may ask for a field with the same arguments, under whatever names.
MAX_REPEATS = 5
# Pairs of fields with one name that validation has to compare with each other.
MAX_PAIRS = 2000
MAX_TYPE_LOOKUPS = 10
# What leads from types to types; each may stand once on a way, so that an answer is no larger than the schema.
TYPE_LISTS = frozenset({"types", "fields", "inputFields", "args", "possibleTypes", "interfaces", "enumValues"})

Fragments = Mapping[str, FragmentDefinitionNode]


class TooLarge(GraphQLError):
    """The document goes beyond a limit; the text says which."""


def fragments_of(document: DocumentNode) -> Fragments:
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def check_limits(document: DocumentNode) -> None:
    """Raise `TooLarge` (or `GraphQLError` for circular fragments) where the document may not be validated."""
    check_nesting(document)
    if len(document.definitions) > MAX_DEFINITIONS:
        raise TooLarge(f"The document has more than {MAX_DEFINITIONS} operations and fragments.")
    fragments = fragments_of(document)
    check_cycles(fragments)
    size = Size()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            name = node.name.value if node.name else "anonymous"
            _walk([node.selection_set], fragments, size, depth=0, operation=name, above=frozenset())
        elif isinstance(node, FragmentDefinitionNode):
            # Validation compares the fields of each fragment by themselves, too.
            _walk([node.selection_set], fragments, size, depth=0, operation=node.name.value, above=None)


def check_nesting(document: DocumentNode) -> None:
    waiting: list[tuple[Node, int]] = [(document, 0)]
    while waiting:
        node, level = waiting.pop()
        if isinstance(node, SelectionSetNode | ListValueNode | ObjectValueNode | ListTypeNode):
            level += 1
            if level > MAX_NESTING:
                raise TooLarge("The query is nested too deeply.", node)
        waiting.extend((child, level) for child in children_of(node))


def children_of(node: Node) -> Iterator[Node]:
    for name in node.keys:
        value: Any = getattr(node, name, None)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple | list):
            yield from (part for part in value if isinstance(part, Node))


def check_cycles(fragments: Fragments) -> None:
    """Raise `GraphQLError` in the words of validation where a fragment spreads itself."""
    inside = {name: sorted(set(spreads_in(node.selection_set))) for name, node in fragments.items()}
    try:
        TopologicalSorter(inside).prepare()
    except CycleError as error:
        name = error.args[1][0]
        raise GraphQLError(f"Cannot spread fragment '{name}' within itself.", fragments[name]) from error


def spreads_in(selection: SelectionSetNode) -> Iterator[str]:
    waiting: list[Node] = [selection]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FragmentSpreadNode):
            yield node.name.value
        waiting.extend(children_of(node))


@dataclass(slots=True)
class Size:
    """What was met so far in the whole document."""

    selections: int = 0
    pairs: int = 0
    schemas: int = 0
    types: int = 0
    texts: dict[int, str] = field(default_factory=dict)

    def request(self, node: FieldNode) -> str:
        """Return the field with its arguments, as a text."""
        if id(node) not in self.texts:
            arguments = ",".join(sorted(print_ast(argument) for argument in node.arguments))
            self.texts[id(node)] = f"{node.name.value}({arguments})"
        return self.texts[id(node)]


def _walk(
    selections: Iterable[SelectionSetNode],
    fragments: Fragments,
    size: Size,
    *,
    depth: int,
    operation: str,
    above: frozenset[str] | None,
) -> None:
    """Count what lies in these selections, which are of one object.

    `above`: the introspection fields that lead here; None where a fragment is looked at by itself.
    """
    by_name: dict[str, list[FieldNode]] = {}
    requests: dict[tuple[str, str], set[str]] = {}
    for node, kind in _fields(selections, fragments, size):
        name = node.alias.value if node.alias else node.name.value
        same = by_name.setdefault(name, [])
        size.pairs += len(same)
        same.append(node)
        names = requests.setdefault((kind, size.request(node)), set())
        names.add(name)
        if len(names) > MAX_REPEATS:
            raise TooLarge(
                f"The field '{node.name.value}' is asked for more than {MAX_REPEATS} times with the same arguments. "
                "Ask for it once.",
                node,
            )
        if size.pairs > MAX_PAIRS:
            raise TooLarge(f"The field '{name}' is repeated too often. Ask for each field once.", node)
    if above is not None and depth == 0 and len(by_name) > MAX_ROOT_FIELDS:
        raise TooLarge(
            f"The operation '{operation}' has {len(by_name)} root fields; at most {MAX_ROOT_FIELDS} are taken."
        )
    if above:
        check_introspection(by_name.values(), above)
    for same in by_name.values():
        name = same[0].name.value
        if above is not None:
            size.schemas += name == "__schema"
            size.types += name == "__type"
            if size.schemas > 1 or size.types > MAX_TYPE_LOOKUPS:
                raise TooLarge(
                    f"A document may ask for '__schema' once and for '__type' {MAX_TYPE_LOOKUPS} times.", same[0]
                )
        inner = [node.selection_set for node in same if node.selection_set]
        if not inner:
            continue
        is_introspection = bool(above) or name in ("__schema", "__type")
        # Introspection is bounded by itself: a standard client nests `ofType` nine times.
        if depth >= MAX_DEPTH and not is_introspection:
            raise TooLarge(f"'{operation}' exceeds maximum operation depth of {MAX_DEPTH}.", same[0])
        further = above | {name} if above is not None and is_introspection else above
        _walk(inner, fragments, size, depth=depth + 1, operation=operation, above=further)


def _fields(
    selections: Iterable[SelectionSetNode], fragments: Fragments, size: Size
) -> Iterator[tuple[FieldNode, str]]:
    """Return the fields of these selections, those of fragments among them, each with the type that its fragment is for
    ("" outside of one): what has several types is asked for one field under a name for each."""
    waiting: list[tuple[SelectionNode, str]] = [
        (node, "") for selection in selections for node in reversed(selection.selections)
    ]
    while waiting:
        node, kind = waiting.pop()
        size.selections += 1
        if size.selections > MAX_SELECTIONS:
            raise TooLarge(f"The document has more than {MAX_SELECTIONS} selections, its fragments written out.", node)
        if isinstance(node, FieldNode):
            yield node, kind
        elif isinstance(node, FragmentSpreadNode):
            # Validation says which fragment is unknown.
            if node.name.value in fragments:
                fragment = fragments[node.name.value]
                kind = fragment.type_condition.name.value
                waiting.extend((inner, kind) for inner in reversed(fragment.selection_set.selections))
        else:
            inline: Any = node
            kind = inline.type_condition.name.value if inline.type_condition else kind
            waiting.extend((inner, kind) for inner in reversed(inline.selection_set.selections))


def check_introspection(fields: Iterable[list[FieldNode]], above: frozenset[str]) -> None:
    seen: set[str] = set()
    for same in fields:
        name = same[0].name.value
        if name in seen or (name in TYPE_LISTS and name in above):
            raise TooLarge(f"Introspection may ask for '{name}' once on each level, and not inside itself.", same[0])
        if same[0].selection_set:
            seen.add(name)
