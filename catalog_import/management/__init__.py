"""Commands of `storefront manage`: each reads its arguments, calls one action and prints the result."""
