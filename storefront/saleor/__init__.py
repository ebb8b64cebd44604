"""Saleor, the commerce engine, in rooms; each imports only the ones below it, and import-linter holds that.

    dashboard             the page inside Saleor's dashboard
    tasks                 what workers do
    app                   what Saleor asks of its app: manifest, registration, webhooks
    follow                when something is read again: events, routines, sweeps
    write · provision     what is written: products and guides · what a shop needs beforehand
    mirror                what was read, taken over into the store
    read                  answers as typed values
    client                transport, errors, connection
    schema                documents, types and attributes, as data
    models                the app's rows

It knows the catalogue, and nothing of the importer.
"""
