"""What a person, a schedule or a worker can do with imports: one verb a module, called by every surface.

In: typed arguments. Out: the run, the plan or the item as it is now; a refused action raises an error whose text is
for people. The terminal, the staff pages, the worker's tasks and schedules call these and format the answer.
"""

__all__ = [
    "apply",
    "cancel",
    "check",
    "check_content",
    "discard",
    "export",
    "make_plan",
    "map_columns",
    "pin",
    "plan_run",
    "schedules",
    "undo",
    "upload",
    "write_batch",
]
