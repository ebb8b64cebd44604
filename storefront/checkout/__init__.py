"""From cart to order: what shoppers put aside, and what they bought.

Pages and clients speak with the `CheckoutProvider` that `base.provider()` returns, in the records of `records.py`. The
local one (`local/`) keeps carts and orders in this shop's database and takes the units out of its stock.
"""
