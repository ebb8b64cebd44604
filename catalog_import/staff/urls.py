from __future__ import annotations

from django.urls import path

from catalog_import.staff import (
    applying,
    content,
    downloads,
    item_pages,
    pinning,
    review,
    run_pages,
    schedules,
    uploading,
)

app_name = "imports"

urlpatterns = [
    path("imports/", run_pages.history, name="runs"),
    path("imports/new/", uploading.new, name="new"),
    path("imports/export/", downloads.export, name="export"),
    path("imports/export/list/", downloads.exports, name="exports"),
    path("imports/export/<int:key>/catalogue.zip", downloads.export_file, name="export_file"),
    path("imports/schedules/", schedules.schedules, name="schedules"),
    path("imports/schedules/new/", schedules.schedule, name="new_schedule"),
    path("imports/schedules/<int:key>/", schedules.schedule, name="schedule"),
    path("imports/schedules/<int:key>/pause/", schedules.pause, name="pause_schedule"),
    path("imports/schedules/<int:key>/remove/", schedules.remove, name="remove_schedule"),
    path("imports/<int:key>/", run_pages.run, name="run"),
    path("imports/<int:key>/progress/", run_pages.progress, name="progress"),
    path("imports/<int:key>/mapping/", uploading.mapping, name="mapping"),
    path("imports/<int:key>/apply/", applying.apply, name="apply"),
    path("imports/<int:key>/cancel/", applying.cancel, name="cancel"),
    path("imports/<int:key>/resume/", applying.resume, name="resume"),
    path("imports/<int:key>/undo/", applying.undo, name="undo"),
    path("imports/<int:key>/discard/", applying.discard, name="discard"),
    path("imports/<int:key>/problems.csv", downloads.problems, name="problems"),
    path("imports/<int:key>/quality/", run_pages.quality, name="quality"),
    path("imports/<int:key>/quality.json", downloads.quality, name="quality_json"),
    path("imports/<int:key>/plan.json", downloads.plan, name="plan"),
    path("imports/<int:key>/items/", item_pages.items, name="items"),
    path("imports/<int:key>/items/<int:position>/", item_pages.item, name="item"),
    path("imports/<int:key>/items/<int:position>/pin/", item_pages.pin_planned, name="pin_planned"),
    path("review/", review.start, name="review"),
    path("review/widget/", review.widget, name="widget"),
    path("review/products/<int:key>/", review.product, name="product"),
    path("review/products/<int:key>/pin/", pinning.pin, name="pin_product"),
    path("review/products/<int:key>/unpin/", pinning.unpin, name="unpin_product"),
    path("review/guides/<int:key>/pin/", pinning.pin_areas, name="pin_guide"),
    path("review/guides/<int:key>/unpin/", pinning.unpin_areas, name="unpin_guide"),
    path("review/content/", content.content, name="content"),
    path("review/<slug:queue>/", review.queue, name="review_queue"),
]
