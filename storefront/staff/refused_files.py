"""Files are taken where a view asks for them, and nowhere else."""

from __future__ import annotations

from typing import NoReturn

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class RefusedFiles(FileUploadHandler):
    """Reads past every file of a form and keeps nothing: forms are read before anybody is asked who they are."""

    def new_file(self, *args: object, **options: object) -> NoReturn:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """There is none: every file was skipped."""

    def file_complete(self, file_size: int) -> None:
        """There is none: every file was skipped."""
