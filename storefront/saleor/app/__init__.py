"""Knotwise as an app of Saleor: its manifest, its installation, and the webhooks that come of it.

`views` is what Saleor asks; `installation` holds the app's token, `jwks` Saleor's public keys, `signatures` and
`webhooks` what makes an event to be believed. Whoever reads Saleor by the app's token does it by `connection`.
"""
