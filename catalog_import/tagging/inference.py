"""What is worked out from texts, for many products: tags and guide links, remembered by the hash of the text.

The same text with the same taxonomy, guides and code gives the same answer, so answers are kept in a small
SQLite file in the user's cache folder; a second import of the same texts only looks them up. Large files are
shared among processes. The file is a cache and nothing more: it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, overload

import orjson

from catalog_import.tagging import tag_product
from catalog_import.tagging.claims import Claim, claims_in
from catalog_import.tagging.gaps import kept_off
from catalog_import.tagging.matching import GuideIndex
from catalog_import.tagging.quality import judge
from storefront.catalog import records
from storefront.catalog.fields import to_json
from storefront.catalog.records import GuideLink, LinkRole, ProductRecord, Record, TaggedGuide, Tags
from storefront.catalog.taxonomy import Taxonomy, load_taxonomy

log = logging.getLogger(__name__)

T = TypeVar("T")

# What tags and links depend on; the rest of a record makes no difference.
FIELDS = (
    *("name", "description", "cautions", "target_areas", "tool_type", "conditions", "techniques", "contraindications"),
    *("guide", "related_guides"),
)
CHUNK = 400
# From so many texts on that are not remembered, other processes are started (half a second each).
WORTH_PROCESSES = 1500
MAX_CACHE_BYTES = 1024 * 1024 * 1024
# Bytes of the sum before a kept answer.
SEAL = 8


class Inferred(Record):
    """A product's tags, stated ones included, its guides, and claims that its texts should not make."""

    tags: Tags
    links: tuple[GuideLink, ...] = ()
    claims: tuple[Claim, ...] = ()


class Answer(NamedTuple):
    """What was inferred as it is kept: the JSON of `Inferred`, and of it what most readers want.

    `summary` has the slugs (`target_areas`, `tool_type`, `conditions`, `techniques`, `contraindications`,
    `primary_guide`, `related_guides`), the areas that it is tagged with and `kept_off`, the `claims`, and how sure all
    that is (`judged`). Checking a large file makes no more of the rest than to show it.
    """

    summary: dict[str, Any]
    inferred: bytes


def kept_form(inferred: Inferred, taxonomy: Taxonomy) -> bytes:
    """The summary on a line, then the whole."""
    tags, links = inferred.tags, inferred.links
    summary = {
        "target_areas": [tag.slug for tag in tags.target_areas],
        "tool_type": next((tag.slug for tag in tags.tool_types), None),
        "conditions": [tag.slug for tag in tags.conditions],
        "techniques": [tag.slug for tag in tags.techniques],
        "contraindications": [tag.slug for tag in tags.contraindications],
        "primary_guide": next((link.guide for link in links if link.role is LinkRole.PRIMARY), None),
        "related_guides": [link.guide for link in links if link.role is LinkRole.RELATED],
        "kept_off": kept_off(tags, taxonomy),
        "claims": [claim.model_dump() for claim in inferred.claims],
        "judged": list(judge(tags, links)),
    }
    return orjson.dumps(summary) + b"\n" + inferred.model_dump_json().encode()


def infer(record: ProductRecord, guides: GuideIndex, taxonomy: Taxonomy) -> Inferred:
    """What is worked out of one product's texts."""
    tags = tag_product(record, taxonomy)
    claims = (*claims_in("name", record.name), *claims_in("description", record.description))
    return Inferred(tags=tags, links=guides.match(record, tags), claims=claims)


class Inference:
    """Infers for many products against one set of guides. A context manager: its processes end with it.

    `taxonomy_folder`: where other processes load the taxonomy from, as it cannot be sent to them; None is the
    packaged one. `cache_folder`: where answers are kept; None keeps
    none. `processes`: how many may share the work.
    """

    def __init__(
        self,
        guides: Sequence[TaggedGuide],
        taxonomy: Taxonomy,
        *,
        taxonomy_folder: Path | None = None,
        cache_folder: Path | None = None,
        processes: int | None = None,
    ) -> None:
        self.guides = list(guides)
        self.taxonomy = taxonomy
        self.taxonomy_folder = taxonomy_folder
        self.index = GuideIndex(self.guides, self.taxonomy)
        self.processes = processes or os.cpu_count() or 1
        self.salt = salt_of(self.guides, self.taxonomy)
        self.kept = open_answers(cache_folder) if cache_folder else None
        self.pool: ProcessPoolExecutor | None = None
        self.misses = 0

    def __enter__(self) -> Inference:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)
        if self.kept is not None:
            self.kept.close()

    def stream(
        self, items: Iterable[T], record_of: Callable[[T], ProductRecord | None]
    ) -> Iterator[tuple[T, Inferred | None]]:
        """Each item with what was inferred for its record, in the order of the items; nothing for one without."""
        for item, answer in self.answers(items, record_of):
            yield item, Inferred.model_validate_json(answer.inferred) if answer else None

    @overload
    def answers(self, items: Iterable[T], record_of: Callable[[T], ProductRecord]) -> Iterator[tuple[T, Answer]]: ...

    @overload
    def answers(
        self, items: Iterable[T], record_of: Callable[[T], ProductRecord | None]
    ) -> Iterator[tuple[T, Answer | None]]: ...

    def answers(
        self, items: Iterable[T], record_of: Callable[[T], ProductRecord | None]
    ) -> Iterator[tuple[T, Answer | None]]:
        """The same as it is kept. Reads a few chunks ahead and holds no more than those."""
        waiting: deque[tuple[list[T], list[bytes | None], dict[bytes, bytes], list[bytes], Future[list[bytes]] | None]]
        waiting = deque()
        source = iter(items)
        while True:
            chunk = list(islice(source, CHUNK))
            if chunk:
                texts = [text_of(record) if (record := record_of(item)) else None for item in chunk]
                keys = [
                    None if text is None else hashlib.blake2b(text, key=self.salt, digest_size=16).digest()
                    for text in texts
                ]
                known = self.look_up([key for key in keys if key])
                missing = {
                    key: text for key, text in zip(keys, texts, strict=True) if key and text and key not in known
                }
                self.misses += len(missing)
                waiting.append((chunk, keys, known, list(missing), self.submit(list(missing.values()))))
            if not waiting:
                return
            if chunk and len(waiting) <= self.processes + 1:
                continue
            items_done, keys, known, asked, future = waiting.popleft()
            if future is not None:
                fresh = dict(zip(asked, future.result(), strict=True))
                self.remember(fresh)
                known |= fresh
            for item, key in zip(items_done, keys, strict=True):
                if key is None:
                    yield item, None
                else:
                    summary, _, inferred = known[key].partition(b"\n")
                    yield item, Answer(orjson.loads(summary), inferred)

    def submit(self, texts: list[bytes]) -> Future[list[bytes]] | None:
        """Have these texts worked out: here while they are few, by other processes once they are many."""
        if not texts:
            return None
        if self.pool is None and (self.misses < WORTH_PROCESSES or self.processes < 2 or not may_have_children()):
            done: Future[list[bytes]] = Future()
            done.set_result([infer_text(text, self.index, self.taxonomy) for text in texts])
            return done
        if self.pool is None:
            self.pool = ProcessPoolExecutor(
                self.processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=start_process,
                initargs=([guide.model_dump_json() for guide in self.guides], self.taxonomy_folder),
            )
        return self.pool.submit(infer_texts, texts)

    def look_up(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        if self.kept is None:
            return {}
        marks = ",".join("?" * len(keys))
        try:
            rows = self.kept.execute(f"SELECT key, answer FROM answers WHERE key IN ({marks})", keys)  # noqa: S608
            return {key: answer for key, row in rows if (answer := unsealed(row)) is not None}
        except sqlite3.Error:
            self.give_up_cache()
            return {}

    def remember(self, fresh: dict[bytes, bytes]) -> None:
        if self.kept is None:
            return
        try:
            with self.kept:
                self.kept.executemany(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?)",
                    ((key, sealed(answer)) for key, answer in fresh.items()),
                )
        except sqlite3.Error:
            self.give_up_cache()

    def give_up_cache(self) -> None:
        """A damaged or locked cache must never stop an import."""
        log.warning("The cache of inferred tags cannot be used; going on without it")
        self.kept = None


def sealed(answer: bytes) -> bytes:
    """An answer as it is kept, with a sum of it before it."""
    return hashlib.blake2b(answer, digest_size=SEAL).digest() + answer


def unsealed(row: object) -> bytes | None:
    """The answer in a kept row; None for one that is not whole, which is worked out again."""
    if not isinstance(row, bytes) or sealed(row[SEAL:]) != row:
        return None
    return row[SEAL:]


def text_of(record: ProductRecord) -> bytes:
    """The part of a record that tags and links depend on, as JSON."""
    fields = record.model_fields_set
    said = {name: to_json(getattr(record, name)) for name in FIELDS if name in fields}
    try:
        return orjson.dumps(said)
    except orjson.JSONEncodeError:
        # A text with half a surrogate pair; it cannot be stored either, but it must not stop the others.
        return json.dumps(said, ensure_ascii=True).encode()


def infer_text(text: bytes, guides: GuideIndex, taxonomy: Taxonomy) -> bytes:
    record = ProductRecord.model_validate(json.loads(text) | {"reference": "-"})
    return kept_form(infer(record, guides, taxonomy), taxonomy)


_process: dict[str, Any] = {}


def start_process(guides: Sequence[str], taxonomy_folder: Path | None) -> None:
    """What a process of the pool does first."""
    taxonomy = load_taxonomy(taxonomy_folder)
    tagged = [TaggedGuide.model_validate_json(guide) for guide in guides]
    _process.update(index=GuideIndex(tagged, taxonomy), taxonomy=taxonomy)


def infer_texts(texts: Sequence[bytes]) -> list[bytes]:
    """What a process of the pool does for each chunk."""
    return [infer_text(text, _process["index"], _process["taxonomy"]) for text in texts]


def may_have_children() -> bool:
    """A daemonic process, such as a worker's, may not."""
    return not multiprocessing.current_process().daemon


def salt_of(guides: Iterable[TaggedGuide], taxonomy: Taxonomy) -> bytes:
    """What an answer depends on besides the product: code, taxonomy, and the guides' titles, summaries and tags."""
    digest = hashlib.blake2b(digest_size=32)
    digest.update(code_version().encode())
    digest.update(taxonomy.version.encode())
    for guide in sorted(guides, key=lambda guide: guide.record.slug):
        record = guide.record
        digest.update(f"{record.slug}\0{record.title}\0{record.summary}\0{record.status}\0".encode())
        digest.update(f"{guide.tags.model_dump_json()}\0".encode())
    return digest.digest()


@cache
def code_version() -> str:
    """A hash of the code that infers, so that nobody has to remember to count a version up."""
    digest = hashlib.blake2b(digest_size=16)
    for path in code_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def code_files() -> list[Path]:
    """All that an answer may depend on: the sources of the importer and of the catalogue's records and taxonomy.

    Whole packages, so that none can be left out; a change that means nothing costs one round of misses.
    """
    packages = (Path(__file__).parent, Path(records.__file__).parent)
    return sorted(path for package in packages for path in package.rglob("*") if path.suffix in (".py", ".yaml"))


def open_answers(folder: Path) -> sqlite3.Connection | None:
    """The cache file, or None where it cannot be used; one that has grown too large begins anew."""
    path = folder / "inferred.sqlite3"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0 and folder.stat().st_uid != 0:
            # Of the shop's user, who could put a link there for root to follow.
            return None
        answers = sqlite3.connect(path, timeout=2)
        # An answer has some kilobytes: on small pages each would lie on several.
        answers.execute("PRAGMA page_size = 32768")
        answers.execute("PRAGMA mmap_size = 1073741824")
        answers.execute("PRAGMA journal_mode = WAL")
        answers.execute("PRAGMA synchronous = OFF")
        answers.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer BLOB)")
        if bytes_in_use(answers) > MAX_CACHE_BYTES:
            # Emptied in place: other processes may have the file open, and only find less in it.
            with answers:
                answers.execute("DELETE FROM answers")
    except (OSError, sqlite3.Error):
        log.debug("No cache of inferred tags in %s", folder, exc_info=True)
        return None
    return answers


def bytes_in_use(database: sqlite3.Connection) -> int:
    """How much a database holds; its file may be larger, with room that is used again."""
    size, pages, free = (
        int(database.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_size", "page_count", "freelist_count")
    )
    return size * (pages - free)
