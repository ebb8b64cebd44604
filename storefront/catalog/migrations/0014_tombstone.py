from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0013_what_can_be_had")]

    operations = [
        migrations.RenameModel("Gone", "Tombstone"),
        migrations.AlterModelOptions("Tombstone", {"verbose_name_plural": "tombstones"}),
    ]
