"""Each package of the importer says what it is for and which of its modules are for others."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(
    path.parent
    for path in (ROOT / "catalog_import").rglob("__init__.py")
    if path.parent.name not in ("catalog_import", "migrations", "templatetags")
)
MOST_MODULES = 16


def names_in_all(package: Path) -> set[object]:
    """Return what a package's `__all__` lists, read without importing it."""
    for node in ast.parse((package / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return {part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)}
    return set()


@cache
def imports() -> dict[Path, set[str]]:
    """Return what each file of production code imports, with dots: modules, and the names it takes from them."""
    found: dict[Path, set[str]] = {}
    for path in (*ROOT.glob("catalog_import/**/*.py"), *ROOT.glob("storefront/**/*.py")):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        taken = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
        found[path] = {f"{node.module}.{alias.name}" for node in taken for alias in node.names}
        found[path].update(str(node.module) for node in taken)
    return found


def imported_modules(package: Path) -> set[str]:
    """Return the package's own modules that production code outside of it imports."""
    dotted = ".".join(package.relative_to(ROOT).parts)
    names = {name for path, taken in imports().items() if not path.is_relative_to(package) for name in taken}
    modules = {name.rpartition(".")[2] for name in names if name.rpartition(".")[0] == dotted}
    return {module for module in modules if (package / f"{module}.py").exists() or (package / module).is_dir()}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: ".".join(path.relative_to(ROOT).parts))
def test_a_package_says_what_it_is_for_and_what_others_may_use(package: Path) -> None:
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))

    assert ast.get_docstring(tree)
    assert imported_modules(package) <= names_in_all(package)
    assert len(list(package.glob("*.py"))) <= MOST_MODULES
