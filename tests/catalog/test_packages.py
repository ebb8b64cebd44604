"""The shape of the catalogue's packages: what they list, and who may write."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

import pytest
from django.apps import apps

import storefront
from storefront.catalog import queries

ROOT = Path(storefront.__file__).parents[1]
WRITER = ROOT / "storefront" / "catalog" / "writer"
WRITES = {
    *("create", "bulk_create", "get_or_create", "update_or_create"),
    *("update", "bulk_update", "delete"),
}
# (package, model) that write all the same: names of terms follow Saleor's, in the transaction that reads them.
ALLOWED = {("storefront.saleor", "Term")}


@cache
def catalogue_models() -> set[str]:
    return {model.__name__ for model in apps.get_app_config("catalog").get_models()}


def written_model(node: ast.AST) -> str | None:
    """Return the model of a call like `Product.objects.filter(…).update(…)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
        return None
    inner: ast.AST = node.func.value
    while isinstance(inner, ast.Call | ast.Attribute):
        if isinstance(inner, ast.Attribute) and inner.attr in ("objects", "_default_manager"):
            return inner.value.id if isinstance(inner.value, ast.Name) else None
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return None


def writes(path: Path) -> Iterator[tuple[str, str]]:
    module = ".".join(path.relative_to(ROOT).parts[:2])
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        model = written_model(node)
        if model in catalogue_models():
            yield module, model


def test_queries_lists_its_modules() -> None:
    assert queries.__all__ == sorted(module.name for module in iter_modules(queries.__path__))


def test_only_the_writer_writes_catalogue_rows() -> None:
    modules = [
        path
        for package in ("storefront", "catalog_import")
        for path in (ROOT / package).rglob("*.py")
        if WRITER not in path.parents and "migrations" not in path.parts and path.name != "models.py"
    ]

    assert {write for path in modules for write in writes(path)} <= ALLOWED


@pytest.mark.parametrize(
    ("code", "model"),
    [
        ("Product.objects.filter(pk=1).update(name='x')", "Product"),
        ("Stock.objects.create(quantity=1)", "Stock"),
        ("Product.objects.filter(pk=1).first()", None),
        ("names.update(other)", None),
    ],
)
def test_a_write_is_recognised(code: str, model: str | None) -> None:
    assert written_model(ast.parse(code, mode="eval").body) == model
