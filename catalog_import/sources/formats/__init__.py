"""Bytes → tables: CSV, JSON, XML and Excel files, their encodings, archives, and how much of each is read."""

__all__ = ["archive", "csv_table", "detect", "encoding", "json_table", "tables", "xlsx_table", "xml_table"]
