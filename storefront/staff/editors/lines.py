"""Lists of small things, edited as lines of text: cautions and sources."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from pydantic import ValidationError as RecordError

from storefront.catalog.fields import to_json
from storefront.catalog.records import Caution, CautionKind, Record, SourceCitation


class LinesField(forms.CharField):
    """One record a line, its fields parted by `separator`; in the database a list of JSON objects."""

    def __init__(self, record: type[Record], separator: str, example: str, **kwargs: Any) -> None:
        self.record, self.separator, self.example = record, separator, example
        self.names = list(record.model_fields)
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        between = f"{self.separator} " if self.separator == ":" else f" {self.separator} "
        lines = (between.join(str(piece.get(name) or "") for name in self.names) for piece in value)
        return "\n".join(line.rstrip(between) for line in lines)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        text = super().clean(value)
        return [self.read(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]

    def read(self, number: int, line: str) -> dict[str, Any]:
        parts = [part.strip() for part in line.split(self.separator, len(self.names) - 1)]
        try:
            read: dict[str, Any] = to_json(self.record.model_validate(dict(zip(self.names, parts, strict=False))))
        except RecordError as error:
            raise ValidationError(f"Line {number} cannot be read: write it like “{self.example}”.") from error
        return read

    def has_changed(self, initial: Any, data: Any) -> bool:
        return normal(self.prepare_value(initial)) != normal(data)


def normal(value: Any) -> list[str]:
    return [" ".join(line.split()) for line in str(value or "").splitlines() if line.strip()]


def cautions_field() -> LinesField:
    kinds = ", ".join(kind.value for kind in CautionKind)
    return LinesField(
        Caution,
        ":",
        "stop: Numbness or tingling",
        help_text=f"One a line, like “stop: Numbness or tingling”. Kinds: {kinds}.",
    )


def sources_field() -> LinesField:
    return LinesField(
        SourceCitation,
        "|",
        "A book | Doe 2020 | https://example.org/ | slow rolling",
        help_text="One a line: title | citation | address | what it supports. Only the title is needed.",
    )
