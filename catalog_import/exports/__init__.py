"""The way out: the shop's catalogue as files that staff, the importer or another system can read."""
