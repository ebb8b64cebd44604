"""The commands of `storefront` that are groups of their own: thin, above everything that they call."""
