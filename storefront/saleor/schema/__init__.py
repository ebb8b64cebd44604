"""What Knotwise has in a Saleor shop and asks of it, as data.

In: the taxonomy and the shop's setting of slugs. Out: GraphQL documents (`documents`), the types and attributes that
are to be there (`model`), the references by which things are known on both sides (`references`), and what is kept in
private metadata (`state`). Nothing here asks Saleor or the database.
"""

__all__ = ["documents", "model", "references", "state"]
