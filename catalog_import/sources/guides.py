"""A folder of guides: Markdown files with YAML front matter → guide records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from catalog_import.sources.cells import SLUG, CellError, guess, known_slug, parse_caution, shown
from catalog_import.sources.formats.encoding import decode
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at, warning_at
from storefront.catalog.records import GuideRecord, Status
from storefront.catalog.richtext import MAX_LENGTH, normalise
from storefront.catalog.taxonomy import Taxonomy

FENCE = "---"
REQUIRED = ("slug", "title", "summary")
LIMITS = {"slug": 255, "title": 250, "summary": 1000}


MAX_BYTES = 5_000_000
MAX_FRONT_MATTER = 100_000


class FrontMatterLoader(yaml.SafeLoader):
    """YAML in which every scalar is the text it is: no "no" for false, no 30 February that stops the reading.

    References to other parts are refused: a few lines of them can stand for gigabytes.
    """

    yaml_implicit_resolvers = {
        sign: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
        for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "references (*name) are not read", mark)
        return super().compose_node(parent, index)


@dataclass(frozen=True, slots=True)
class ReadGuide:
    record: GuideRecord
    place: Place


def read_guides(folder: Path, taxonomy: Taxonomy) -> tuple[list[ReadGuide], list[Problem]]:
    """All guides of a folder by file name, and everything that is wrong with them.

    A `README.md` is not a guide. A bad guide is left out, the others are read.
    """
    if not folder.is_dir():
        message = "This is neither a folder nor a .zip of guides. Choose one that contains .md files."
        return [], [problem_at(Place(folder.name), "", ProblemCode.UNREADABLE_FILE, message)]
    guides: dict[str, ReadGuide] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.md")):
        if path.name.lower() == "readme.md":
            continue
        guide, found = read_guide(path, taxonomy)
        problems += found
        if guide is None:
            continue
        slug = guide.record.slug
        if slug in guides:
            message = f'The slug "{slug}" belongs to {guides[slug].place.file} already; this guide was left out.'
            problems.append(problem_at(guide.place, "slug", ProblemCode.DUPLICATE_REFERENCE, message, value=slug))
        else:
            guides[slug] = guide
    return list(guides.values()), problems


def read_guide(path: Path, taxonomy: Taxonomy) -> tuple[ReadGuide | None, list[Problem]]:
    """One guide, or None when it cannot be used; either way with its problems."""
    try:
        with path.open("rb") as guide:
            content = guide.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            message = f"The file is larger than {MAX_BYTES // 1_000_000} MB. Shorten the guide."
            return None, [problem_at(Place(path.name), "", ProblemCode.UNREADABLE_FILE, message)]
        text = decode(content)
    except (OSError, UnicodeError):
        message = "The file cannot be read as text. Save it in UTF-8."
        return None, [problem_at(Place(path.name), "", ProblemCode.UNREADABLE_FILE, message)]
    return parse_guide(text.replace("\r\n", "\n").replace("\r", "\n"), path.name, taxonomy)


def parse_guide(text: str, file: str, taxonomy: Taxonomy) -> tuple[ReadGuide | None, list[Problem]]:
    """The guide in a text with `\\n` line ends."""
    if "\0" in text:
        message = "The guide holds NUL characters, as a damaged or binary file does. Save it again as text."
        return None, [problem_at(Place(file), "", ProblemCode.UNREADABLE_FILE, message)]
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == FENCE), None)
    if lines[0].rstrip() != FENCE or end is None:
        message = "The guide has no front matter. Begin it with a line ---, then slug, title and summary, then ---."
        return None, [problem_at(Place(file, 1), "", ProblemCode.BAD_FRONT_MATTER, message)]
    source = "\n".join(lines[1:end])
    if len(source) > MAX_FRONT_MATTER:
        message = f"The front matter has {len(source):,} characters; at most {MAX_FRONT_MATTER:,} are read. Shorten it."
        return None, [problem_at(Place(file, 1), "", ProblemCode.TOO_LONG, message)]
    try:
        front = yaml.load(source, FrontMatterLoader)  # noqa: S506 - it is a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "it is not YAML"
        message = f"The front matter cannot be read ({said}). A text with a colon in it must stand in quotes."
        place = Place(file, mark.line + 2 if mark else 1)
        return None, [problem_at(place, "", ProblemCode.BAD_FRONT_MATTER, message)]
    if not isinstance(front, dict):
        message = "The front matter is not a list of names and values, like slug: sore-feet."
        return None, [problem_at(Place(file, 1), "", ProblemCode.BAD_FRONT_MATTER, message)]

    places = lines_of_names(lines[: end + 1])

    def line_of(name: str) -> Place:
        return Place(file, places.get(name, 1))

    said, problems = read_front_matter({str(name): value for name, value in front.items()}, line_of, taxonomy)
    if said is None:
        return None, problems
    body = "\n".join(lines[end + 1 :]).strip()
    if len(body) > MAX_LENGTH:
        message = (
            f"The guide's text has {len(body):,} characters; at most {MAX_LENGTH:,} are kept. Shorten or split it."
        )
        return None, [*problems, problem_at(Place(file, end + 2), "body", ProblemCode.TOO_LONG, message)]
    said["body"] = normalise(body)
    try:
        return ReadGuide(GuideRecord.model_validate(said), Place(file, 1)), problems
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else ""
            problems.append(problem_at(line_of(name), name, ProblemCode.BAD_FRONT_MATTER, f"{fault['msg']}."))
        return None, problems


def lines_of_names(lines: Sequence[str]) -> dict[str, int]:
    """In which line each name of the front matter stands first."""
    found: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        name, colon, _ = line.partition(":")
        if colon:
            found.setdefault(name.rstrip().strip("\"'"), number)
    return found


def read_front_matter(
    front: Mapping[str, Any], line_of: Callable[[str], Place], taxonomy: Taxonomy
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The record's fields that the front matter says; None when the guide cannot be used."""
    problems: list[Problem] = []
    said: dict[str, Any] = {}
    for name in REQUIRED:
        value = front.get(name)
        if not isinstance(value, str | int) or not str(value).strip():
            message = f"The guide has no {name}. Add a line {name}: … to its front matter."
            problems.append(problem_at(line_of(name), name, ProblemCode.MISSING_VALUE, message))
        elif name == "slug" and not SLUG.fullmatch(str(value).strip()):
            message = f'"{shown(str(value))}" is not a slug: it may have letters, digits, - and _ only.'
            problems.append(problem_at(line_of(name), name, ProblemCode.INVALID_VALUE, message, value=str(value)))
        elif len(str(value)) > LIMITS[name]:
            message = f"The {name} has {len(str(value))} characters, the shop keeps {LIMITS[name]}. Shorten it."
            problems.append(problem_at(line_of(name), name, ProblemCode.TOO_LONG, message))
        else:
            said[name] = str(value).strip()
    vocabularies: dict[str, tuple[str, Mapping[str, object]]] = {
        "target_areas": ("a known body area", taxonomy.areas),
        "tool_types": ("a known tool type", taxonomy.tool_types),
        "conditions": ("a known condition", taxonomy.conditions),
        "techniques": ("a known technique", taxonomy.techniques),
    }
    for name, value in front.items():
        if name in REQUIRED or value is None:
            continue
        try:
            if name in vocabularies:
                what, known = vocabularies[name]
                said[name] = tuple(dict.fromkeys(known_slug(part, what, known) for part in list_of_texts(value)))
            elif name == "cautions":
                said[name] = tuple(parse_caution(line) for line in list_of_texts(value))
            elif name == "sources":
                said[name] = tuple(read_source(entry) for entry in (value if isinstance(value, list) else [value]))
            elif name == "reviewed_on":
                said[name] = date.fromisoformat(str(value))
            elif name == "status":
                said[name] = Status(str(value).lower())
            else:
                hint = guess(name, [*REQUIRED, *vocabularies, "cautions", "sources", "reviewed_on", "status"])
                message = f'"{name}" is not known and was left out.{hint}'
                problems.append(warning_at(line_of(name), name, ProblemCode.UNKNOWN_COLUMN, message))
        except CellError as error:
            problems.append(problem_at(line_of(name), name, error.code, str(error)))
        except ValueError:
            needed = "a date like 2026-11-20" if name == "reviewed_on" else "active, draft or archived"
            message = f'"{shown(str(value))}" is not what {name} needs: {needed}.'
            problems.append(problem_at(line_of(name), name, ProblemCode.INVALID_VALUE, message))
    is_bad = any(problem.severity == "error" for problem in problems)
    return (None if is_bad else said), problems


def list_of_texts(value: Any) -> list[str]:
    """A YAML list, or one text with `;` between its parts."""
    parts = value if isinstance(value, list) else str(value).split(";")
    found = []
    for part in parts:
        # An unquoted "limit: two minutes" is a mapping to YAML; it was meant as a line.
        text = "; ".join(f"{key}: {rest}" for key, rest in part.items()) if isinstance(part, dict) else str(part)
        if text.strip():
            found.append(text.strip())
    return found


def read_source(entry: Any) -> dict[str, str]:
    """A citation: a text, or a mapping with `title` and any of `citation`, `url`, `supports`."""
    if isinstance(entry, dict):
        return {str(name): str(value) for name, value in entry.items() if value is not None}
    return {"title": str(entry)}
