"""A run in the database: what was planned, and how far its applying has come.

The queue may lose everything: batches are rows, and a broker message is only a nudge to look at them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ImportRun(models.Model):
    """One plan that is being applied, or was."""

    class Status(models.TextChoices):
        PLANNED = "planned"
        RUNNING = "running"
        DONE = "done"
        PARTLY = "partly"

    source = models.CharField(max_length=50)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    started_by = models.CharField(max_length=150, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    files = models.JSONField(default=list, help_text="Names of the files.")
    counts = models.JSONField(default=dict, help_text="Items of the plan by action.")
    problems = models.JSONField(default=list, help_text="What was wrong with the files.")
    pictures = models.JSONField(default=dict, help_text="What was stored, by the hash of its content.")

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("status",), condition=Q(status="running"), name="one_run_writes_at_a_time")
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"


class ImportBatch(models.Model):
    """Some items that are written together. Whoever works on it holds its row locked."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("run", "number"), name="batch_number_is_unique_in_its_run")]

    def __str__(self) -> str:
        return f"run {self.run_id}, batch {self.number}"


class ImportItem(models.Model):
    """One product or guide of a run: its part of the plan, and what became of it."""

    class Outcome(models.TextChoices):
        PENDING = "pending"
        APPLIED = "applied"
        OUTDATED = "outdated"
        FAILED = "failed"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="items")
    reference = models.CharField(max_length=250)
    name = models.CharField(max_length=250)
    action = models.CharField(max_length=10)
    plan = models.JSONField(help_text="The plan's item.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    message = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.reference
