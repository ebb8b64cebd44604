"""The formats that a catalogue can be written in."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    NATIVE_CSV = "native-csv"
    NATIVE_JSONL = "native-jsonl"
    XLSX = "xlsx"
    SHOPIFY = "shopify"


SUFFIXES = {Format.NATIVE_CSV: ".csv", Format.NATIVE_JSONL: ".jsonl", Format.XLSX: ".xlsx", Format.SHOPIFY: ".csv"}
