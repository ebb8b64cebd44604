"""Pictures on their way into the shop: fetched, checked, stored once by their content, made smaller."""
