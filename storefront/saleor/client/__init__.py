"""The way to Saleor: one GraphQL endpoint, asked by the token of the installed app.

In: documents with their variables, or mutations as `Call`s. Out: the data of the answers and what became of each
mutation (`transport`, `mutations`), or one of the exceptions of `errors`. `connection` opens a client by the settings,
`installation` keeps the app's token, `batches` divides work over several connections.
"""

__all__ = ["batches", "connection", "errors", "installation", "mutations", "transport"]
