"""What a request may cost, bounded before anything is done for it.

`documents`: the size of a document; `conditions`: of a filter; `cost`: the work that a query asks for; `admission`:
what one client may take. Nothing here knows the schema's types or the shop.
"""
