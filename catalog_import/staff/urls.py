from __future__ import annotations

from django.urls import path

from catalog_import.staff import pinning, review

app_name = "imports"

urlpatterns = [
    path("review/", review.start, name="review"),
    path("review/products/<int:key>/", review.product, name="product"),
    path("review/products/<int:key>/pin/", pinning.pin, name="pin_product"),
    path("review/products/<int:key>/unpin/", pinning.unpin, name="unpin_product"),
    path("review/guides/<int:key>/pin/", pinning.pin_areas, name="pin_guide"),
    path("review/guides/<int:key>/unpin/", pinning.unpin_areas, name="unpin_guide"),
    path("review/<slug:queue>/", review.queue, name="review_queue"),
]
