"""A picture's content becomes a row of its own, and a product's picture may be still to be fetched."""

import django.db.models.deletion
from django.db import migrations, models

ERRAND = (
    ("attempts", models.PositiveSmallIntegerField(default=0)),
    ("next_try_at", models.DateTimeField(blank=True, null=True)),
    ("leased_until", models.DateTimeField(blank=True, null=True)),
    ("message", models.TextField(blank=True, help_text="Why the last try failed, for staff.")),
)

# One content may stand in several rows; its renditions are then to be made.
FORWARD = """
INSERT INTO catalog_picture (digest, file, format, width, height, renditions, todo, attempts, message, next_try_at)
SELECT DISTINCT ON (digest) digest, file,
    CASE upper(substring(file from '[^.]*$')) WHEN 'JPG' THEN 'JPEG' ELSE upper(substring(file from '[^.]*$')) END,
    coalesce(width, 1), coalesce(height, 1), '[]', 'webp', 0, '', now()
FROM catalog_productmedia ORDER BY digest, id;
UPDATE catalog_productmedia SET picture_id = catalog_picture.id, state = 'stored'
FROM catalog_picture WHERE catalog_picture.digest = catalog_productmedia.digest;
SET CONSTRAINTS ALL IMMEDIATE;
"""
# The older form has no place for pictures that are not fetched.
BACKWARD = """
DELETE FROM catalog_productmedia WHERE picture_id IS NULL;
UPDATE catalog_productmedia SET digest = catalog_picture.digest, file = catalog_picture.file,
    width = catalog_picture.width, height = catalog_picture.height
FROM catalog_picture WHERE catalog_picture.id = catalog_productmedia.picture_id;
UPDATE catalog_productmedia SET picture_id = NULL, state = 'pending';
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_import_base_digest")]
    operations = [
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *((name, field.clone()) for name, field in ERRAND),
                ("digest", models.CharField(help_text="SHA-256 of the content, hex.", max_length=64, unique=True)),
                ("file", models.CharField(help_text="Its name in the storage.", max_length=200)),
                ("format", models.CharField(help_text='As Pillow names it, like "PNG".', max_length=10)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                (
                    "size_bytes",
                    models.PositiveIntegerField(help_text="Unknown for those stored by the first version.", null=True),
                ),
                (
                    "renditions",
                    models.JSONField(default=list, help_text="A list of {format, width, height, file}, by width."),
                ),
                (
                    "todo",
                    models.CharField(
                        blank=True,
                        choices=[("webp", "Webp"), ("avif", "Avif"), ("", "Nothing")],
                        default="webp",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at"],
                        name="picture_by_next_try",
                    )
                ]
            },
        ),
        *(migrations.AddField("productmedia", name, field.clone()) for name, field in ERRAND),
        migrations.AddField(
            "productmedia",
            "state",
            models.CharField(
                choices=[("pending", "Pending"), ("stored", "Stored"), ("failed", "Failed")],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "productmedia",
            "picture",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="media",
                to="catalog.picture",
            ),
        ),
        # Going back, these columns are there before they are filled and not null once they are.
        migrations.AlterField("productmedia", "digest", models.CharField(max_length=64, default="")),
        migrations.AlterField("productmedia", "file", models.CharField(max_length=200, default="")),
        migrations.RunSQL(FORWARD, BACKWARD),
        *(migrations.RemoveField("productmedia", name) for name in ("digest", "file", "width", "height")),
        migrations.AddConstraint(
            "productmedia",
            models.CheckConstraint(
                condition=models.Q(state="stored", picture__isnull=False)
                | (~models.Q(state="stored") & models.Q(picture__isnull=True)),
                name="media_is_stored_when_it_has_its_picture",
            ),
        ),
        migrations.AddIndex(
            "productmedia",
            models.Index(
                condition=models.Q(("next_try_at__isnull", False)), fields=["next_try_at"], name="media_by_next_try"
            ),
        ),
        migrations.AddIndex(
            "productmedia",
            models.Index(
                condition=models.Q(("picture__isnull", True)), fields=["state"], name="media_that_is_not_stored"
            ),
        ),
    ]
