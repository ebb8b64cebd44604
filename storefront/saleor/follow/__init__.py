"""Staying in step with Saleor: when something is read again.

In: events of webhooks (`events`) and the clock (`routines`). Out: marks, and calls of `mirror` that read what is
marked (`following`) or all of the shop (`sweeps`), with one message to a worker for any number of marks (`enqueue`).
"""

__all__ = ["enqueue", "events", "following", "metrics", "routines", "sweeps"]
