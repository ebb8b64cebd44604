"""What single cells say, whatever their column: words for yes, no and states, lists of pictures, categories, and what
spreadsheets did to them."""

__all__ = ["categories", "damage", "picture_lists", "word_lists", "words", "yaml_data"]
