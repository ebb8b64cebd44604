"""Where a plan is applied: the store, or Saleor."""
