"""Fetching what an address on the web holds, where somebody else wrote the address.

Supplier files name addresses, and the machine that fetches stands inside the shop's own network. So no
connection is made to an address that is not public, whatever a name resolves to and wherever a redirect leads;
`docs/decisions/0007-pictures-are-fetched-by-a-guarded-fetcher.md` says how.
"""
