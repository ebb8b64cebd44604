"""Carts and orders in this shop's own database; units are taken out of its stock when an order is placed."""
