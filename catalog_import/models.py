"""A run in the database: what was planned, and how far its applying has come.

The queue may lose everything: batches are rows, and a broker message only says that there is something to look at.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from storefront.leases import Leased


class ImportRun(Leased):
    """One plan: being made, waiting for approval, being applied, or finished. The lease is of who makes the plan."""

    class Status(models.TextChoices):
        PLANNING = "planning"
        MAPPING = "mapping"
        FAILED = "failed"
        PLANNED = "planned"
        RUNNING = "running"
        CANCELLING = "cancelling"
        CANCELLED = "cancelled"
        REFUSED = "refused"
        DONE = "done"
        PARTLY = "partly"

    source = models.CharField(max_length=50)
    target = models.TextField(blank=True, default="", help_text="The Saleor that it was planned for; empty: the store.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNING)
    message = models.TextField(blank=True, help_text="For staff: why it failed, was refused or cancelled.")
    started_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True, help_text="When its applying began.")
    progressed_at = models.DateTimeField(null=True, blank=True, help_text="When its last batch was done.")
    written_at = models.DateTimeField(null=True, blank=True, help_text="When its last batch was written.")
    finished_at = models.DateTimeField(null=True, blank=True)
    files = models.JSONField(default=list, help_text="Names of the files.")
    counts = models.JSONField(default=dict, help_text="Items of the plan by action.")
    interpretations = models.JSONField(default=list, help_text="What in the files was not taken literally.")
    options = models.JSONField(default=dict, help_text="How the files are understood (`planning.importing.Options`).")
    quality = models.JSONField(
        default=dict, help_text="How sure the tags and guides of its new and changed products are (`tagging.quality`)."
    )
    proposal = models.JSONField(default=list, help_text="A mapping proposed for a table of unknown columns.")
    is_all_or_nothing = models.BooleanField(default=False)
    is_checked = models.BooleanField(default=False, help_text="All or nothing: every item was found as planned.")
    applies_itself = models.BooleanField(default=False, help_text="A plan without errors is applied at once.")
    deletes = models.BooleanField(default=False, help_text="An undo deletes what its run made, where it may.")
    undoes = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="undone_by")

    class Meta:
        ordering = ("-id",)
        permissions = [("apply_importrun", "Can apply and undo imports")]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(status__in=("running", "cancelling")),
                name="one_run_writes_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def is_writing(self) -> bool:
        return self.status in (self.Status.RUNNING, self.Status.CANCELLING)


class ImportFile(models.Model):
    """A file that staff brought, or an address that a worker fetches; kept as long as its run.

    In the database, so that any web process may take it and any worker may read it.
    """

    class Role(models.TextChoices):
        PRODUCTS = "products"
        GUIDES = "guides"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="uploads")
    role = models.CharField(max_length=10, choices=Role.choices)
    name = models.CharField(max_length=250)
    url = models.URLField(max_length=2000, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("run", "role"), name="run_has_one_file_of_a_role")]

    def __str__(self) -> str:
        return self.name


class ImportFilePart(models.Model):
    """A piece of a file's content."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("file", "number"), name="file_part_number_is_unique")]

    def __str__(self) -> str:
        return f"{self.file_id}, part {self.number}"


class ImportSchedule(models.Model):
    """An address that is fetched and planned again and again."""

    name = models.CharField(max_length=150)
    products_url = models.URLField(max_length=2000, blank=True)
    guides_url = models.URLField(max_length=2000, blank=True)
    options = models.JSONField(default=dict, help_text="How the files are understood (`planning.importing.Options`).")
    every_hours = models.PositiveIntegerField(default=24)
    applies = models.BooleanField(default=False, help_text="Apply a plan without errors at once; else it waits.")
    is_active = models.BooleanField(default=True)
    created_by = models.CharField(max_length=150, blank=True)
    next_at = models.DateTimeField()
    last_run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class KnownMapping(models.Model):
    """What a source's tables with these headers mean, as a person said it once: it holds until they say otherwise."""

    source = models.CharField(max_length=50)
    headers = models.CharField(max_length=64, help_text="A digest of the table's headers.")
    mapping = models.JSONField(help_text="Their column → our column.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("source", "headers"), name="mapping_of_a_source_once")]

    def __str__(self) -> str:
        return f"{self.source}: {len(self.mapping)} columns"


class ImportBatch(Leased):
    """Some items that are written together.

    For the store, the worker holds the row lock. For Saleor that would take too long for a lock: the batch
    is leased, the worker renews the lease, and what is written is read back before the batch is done.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        WRITTEN = "written"
        DONE = "done"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    stage = models.PositiveSmallIntegerField(default=0, help_text="It waits until all lower stages are done.")
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    size = models.PositiveIntegerField(default=0)
    outdated = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("run", "number"), name="batch_number_is_unique_in_its_run")]

    def __str__(self) -> str:
        return f"run {self.run_id}, batch {self.number}"


class ImportItem(models.Model):
    """One product or guide of a run: its part of the plan, and what kept it from being applied.

    Without a batch there is nothing to write. It was applied if its batch is done and nothing kept it back.
    """

    class Outcome(models.TextChoices):
        INHERITED = ""
        OUTDATED = "outdated"
        FAILED = "failed"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveIntegerField()
    batch = models.ForeignKey(ImportBatch, models.CASCADE, null=True, related_name="items")
    kind = models.CharField(max_length=10)
    reference = models.CharField(max_length=250)
    name = models.CharField(max_length=250)
    words = models.TextField(help_text="What a search looks through: name, reference and SKUs, in small letters.")
    action = models.CharField(max_length=10)
    has_conflict = models.BooleanField(default=False)
    plan = models.JSONField(help_text="The plan's item.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.INHERITED, blank=True)
    message = models.TextField(blank=True)
    column = models.CharField(max_length=300, blank=True, db_default="", help_text="What of it the message is about.")
    row = models.PositiveIntegerField(
        db_default=0, help_text="The row of the file that it is about, if not the item's."
    )
    is_moved = models.BooleanField(db_default=False, help_text="An undo's stock was moved by what was sold meanwhile.")

    # What `runs/stored_plans.py` has the database work out.
    plan_json: str
    public_id: str | None

    # Whether `plan_json` is another one by now: an undo's stock that was moved by what was sold meanwhile.
    was_moved = False

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=("run", "position"), name="item_position_is_unique_in_its_run")]

    def __str__(self) -> str:
        return self.reference


class ImportProblem(models.Model):
    """One thing that was wrong with the files of a run (`problems.Problem`)."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="problems", db_index=False)
    position = models.PositiveIntegerField()
    file = models.TextField()
    sheet = models.TextField(blank=True)
    row = models.PositiveIntegerField()
    column = models.TextField(blank=True)
    severity = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    message = models.TextField()
    value = models.TextField(blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=("run", "position"), name="problem_position_is_unique_in_its_run")
        ]

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}: {self.message}"


class CatalogueExport(Leased):
    """The whole catalogue as an archive: asked for by staff, made by a worker, removed after a day."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    format = models.CharField(max_length=20)
    source = models.CharField(max_length=50, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    message = models.TextField(blank=True, help_text="For staff: why it failed.")
    requested_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0, help_text="Products that were written so far.")
    total = models.PositiveIntegerField(default=0, help_text="Products that there are; 0: not counted yet.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes of the archive.")

    def __str__(self) -> str:
        return f"export {self.pk}"


class CatalogueExportPart(models.Model):
    """A piece of an export's archive."""

    export = models.ForeignKey(CatalogueExport, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=("export", "number"), name="export_part_number_is_unique_in_its_export")
        ]

    def __str__(self) -> str:
        return f"{self.export_id}, part {self.number}"
