"""The files that the fuzzer brings: good ones to begin with, ways to damage them, and attacks made by hand."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import xlsxwriter

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
Damage = Callable[[random.Random, bytes, list[bytes]], bytes]


FULL_GUIDE = b"""---
slug: sore-feet
title: "Sore feet: a guide"
summary: Two minutes
target_areas: [feet, calves]
tool_types: massage-ball; foam-roller
conditions: [foot-pain]
techniques: [rolling]
cautions:
  - stop: Tingling
sources:
  - {title: A page, url: "https://example.org", supports: how long}
  - &a Another
reviewed_on: 2026-11-20
status: active
---
# Roll
"""


def seeds() -> list[bytes]:
    """A good file of every format, and a few in other encodings."""
    found = [path.read_bytes() for path in sorted(EXAMPLES.iterdir()) if path.is_file()]
    native = (EXAMPLES / "products.csv").read_text(encoding="utf-8")
    found += [native.encode(name) for name in ("utf-16", "utf-16-le", "utf-8-sig")]
    found.append((EXAMPLES / "other.csv").read_text(encoding="utf-8").encode("cp1252"))
    guide = (EXAMPLES / "guides" / "example-sore-feet.md").read_bytes()
    found += [guide, FULL_GUIDE]
    found.append(a_zip({"products.csv": native.encode(), "guides/a.md": guide, "images/a.png": b"\x89PNG"}))
    return found


def a_zip(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, part in files.items():
            archive.writestr(zipfile.ZipInfo(name), part, compression)
    return content.getvalue()


def a_link() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo("products.csv")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return content.getvalue()


def an_encrypted_zip() -> bytes:
    content = bytearray(a_zip({"products.csv": b"sku\nA\n"}, zipfile.ZIP_STORED))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def a_lying_zip() -> bytes:
    """The directory says one byte, the file has a million."""
    content = bytearray(a_zip({"products.csv": b"\0" * 1_000_000}))
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 1)
    return bytes(content)


def a_workbook(cells: dict[tuple[int, int], str]) -> bytes:
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = workbook.add_worksheet()
    for (row, column), text in cells.items():
        sheet.write_string(row, column, text)
    workbook.close()
    return content.getvalue()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss><channel><item><id>&b;</id><title>x</title></item></channel></rss>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><item><id>&x;</id></item></channel></rss>"""


def attacks() -> list[bytes | Callable[[], bytes]]:
    """Files that are made to hurt; what takes a while to make is made when it is used."""
    head = b"sku,name,price,stock\n"
    return [
        b"",
        b"\0" * 5_000,
        head + b"A,x\0y,1,1\nB,z,2,2\n",
        head + b"A," + b"x" * 2_000_000 + b",1,1\nB,z,2,2\n",
        head + b'A,"' + b"x\n" * 60_000,
        head + b'"' * 30_000,
        head + b'A,"a""b\n' * 5_000,
        b"," * 200_000 + b"\n" + b"," * 200_000,
        head + b"A,n,1e999999,1\nB,n," + b"9" * 5_000 + b",1\nC,n,1,1e999999\nD,n,NaN,-0\nE,n,\xd9\xa3,\xd9\xa3\n",
        b'[{"sku":"A","price":1e999999,"stock":' + b"9" * 10_000 + b"}]",
        b'{"sku":"A","name":"\\ud800","price":"1"}\n{"sku":"B","name":"\\u0000","price":"1"}\n',
        b'[{"sku":"A","name":"\\ud800\\udfff\\u0000"}]',
        b"[" * 100_000,
        b'[{"a":' * 50_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'[{"sku":"' + b"x" * 3_000_000,
        b'{"sku": ["' + b'a","' * 50_000 + b'"]}\n',
        LAUGHS,
        OUTSIDE,
        b"<rss><channel>" + b"<item>" * 50_000,
        b"<rss><channel><item>" + b"<a/>" * 50_000 + b"</item></channel></rss>",
        b"<rss><channel><item><id>" + b"x" * 2_000_000 + b"</id></item></channel></rss>",
        b"<" + b"a" * 1_000_000,
        a_zip({"../../outside.csv": b"sku\nA\n"}),
        a_zip({"/etc/outside.csv": b"sku\nA\n"}),
        a_zip({"..\\outside.csv": b"sku\nA\n", "C:/x.csv": b"sku\n"}),
        lambda: a_zip({"products.csv": b"\0" * 60_000_000}),
        lambda: a_zip({f"{number}.md": b"" for number in range(21_000)}),
        a_zip({"inner.zip": a_zip({"products.csv": head}), "products.csv": head + b"A,b,1,1\n"}),
        a_zip({"products.csv": a_zip({"products.csv": head})}),
        a_zip({"products.csv/": b"", "products.csv/x": b"1"}),
        a_zip({"x" * 300 + ".csv": head}),
        a_zip({"products.csv": head, "PRODUCTS.csv": head}),
        a_link(),
        an_encrypted_zip(),
        a_lying_zip,
        lambda: a_workbook({(0, 0): "sku", (1_048_575, 16_383): "far away"}),
        a_workbook({(0, 0): "sku", (0, 1): "name", (1, 0): "A", (1, 1): "x" * 32_000}),
        a_zip({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
        b"sku,cautions,related_guides,name,price\nA,x" + b" " * 900_000 + b"y,x" + b" " * 900_000 + b"y,n,1\n",
        b"sku,name,price\nA,\xff,1\n" + b"a" * 900_000 + b"\n",
        b"<" + b"a" * 9_000_000,
        a_zip({"a/" * 1_500 + "products.csv": head}),
        b"---\nslug: a\ntitle: &a [x]\nsummary: [*a, *a]\n---\n",
        b"---\n" + b"a: &a0 [x]\n" + b"".join(b"b%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40)),
        b"---\nslug: !!int x\ntitle: !!timestamp 2026-99-99\n? [1, 2]\n: x\n---\n",
        b"---\n" + b"- [" * 20_000 + b"\n---\n",
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        "sku,name\nA,\ud7ff\n".encode("utf-16-le"),
        b"sep=;\n",
        b"sku,image,name\nA,../../../../etc/passwd,x\nB,\x01\x02/\xff,y\nC," + b"a/" * 3_000 + b",z\n",
        b"Handle,Title,Variant SKU,Option1 Name,Option1 Value\n,,,,\nx,,,,\n" + b"x,,,,v\n" * 2_000,
        b"Type,SKU,Name,Parent,Regular price,Tax class\nvariation,A,x,A,1,\nvariable,A,x,A,1,\nvariation,,,id:,1,\n",
    ]


def made(attack: bytes | Callable[[], bytes]) -> bytes:
    return attack() if callable(attack) else attack


def truncate(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def flip_bits(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20, 100))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def splice(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    other = chance.choice(others)
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def repeat(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    start = chance.randrange(len(content) + 1)
    end = min(len(content), start + chance.randrange(1, 200))
    return content[:end] + content[start:end] * chance.choice((1, 3, 50, 1_000)) + content[end:]


def insert(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.choice(SPLINTERS) * chance.choice((1, 1, 1, 10)) + content[place:]


def cut_out(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start + chance.randrange(1, 100) :]


def recode(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    return content.decode("utf-8", errors="replace").encode(
        chance.choice(("utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-8-sig", "utf-7", "cp1250")), errors="replace"
    )


def noise(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    return chance.randbytes(chance.randrange(1, 3_000))


def swap_lines(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def line_ends(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    return content.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\n", b"\x85", b"\xe2\x80\xa8")))


def repack(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    """Damage what is inside an archive or workbook; its checksums are right again."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error):
        return content
    if files:
        name = chance.choice(list(files))
        damage = chance.choice((truncate, flip_bits, splice, repeat, insert, cut_out, swap_numbers))
        files[name] = damage(chance, files[name], others)
    return a_zip(files)


def swap_numbers(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    """Other numbers in the place of those that are there: rows, columns, counts, places in a list."""
    numbers = list(re.finditer(rb"\d+", content))
    if not numbers:
        return content
    found = chance.choice(numbers)
    number = chance.choice((b"0", b"-1", b"1048576", b"4294967296", b"99999999999999999999", b"1.5", b"ZZZ9"))
    return content[: found.start()] + number + content[found.end() :]


DAMAGES: tuple[Damage, ...] = (
    *(truncate, flip_bits, flip_bits, splice, repeat, insert, insert, cut_out, recode, noise, swap_lines, line_ends),
)
SPLINTERS = (
    *(b'"', b"'", b",", b";", b"\t", b"|", b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xc2\xa0", b"-", b"="),
    *(b"<", b">", b"&", b"]]>", b"<!DOCTYPE x>", b"&#x0;", b"&#55296;", b"{", b"}", b"[", b"]", b"\\", b"\\ud800"),
    *(b"1e999999", b"9" * 400, b"-1", b"1.234,56", b"\xe2\x82\xac", b"4.0063E+12", b"../../", b"PK\x03\x04", b"sku"),
    *("İ".encode(), "ﬁ".encode(), "\u202e".encode(), "🧘".encode(), b"null", b"NaN", b"true", b"---\n"),
)


def inputs(count: int, seed: int) -> Iterator[bytes]:
    """The attacks first, then damaged files."""
    first = attacks()[:count]
    yield from map(made, first)
    yield from damaged(count - len(first), seed)


def damaged(count: int, seed: int) -> Iterator[bytes]:
    """Return damaged files, each made of a good one by up to four damages."""
    chance = random.Random(seed)
    good = seeds()
    packed = [content for content in good if content.startswith(b"PK")]
    for _ in range(count):
        if chance.random() < 0.2:
            yield repack(chance, chance.choice(packed), good)
            continue
        content = chance.choice(good)
        for _ in range(chance.randint(1, 4)):
            content = chance.choice(DAMAGES)(chance, content, good)
        yield content
