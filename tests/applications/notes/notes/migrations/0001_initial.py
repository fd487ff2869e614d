import django.db.models
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", django.db.models.BigAutoField(primary_key=True, serialize=False)),
                ("text", django.db.models.CharField(max_length=200)),
                ("written", django.db.models.DateTimeField(auto_now_add=True)),
            ],
        )
    ]
