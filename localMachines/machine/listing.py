"""The machines below a folder, as a table for people."""

from pathlib import Path

from ..base import records

COLUMNS = ("NAME", "STATE", "ADDRESS", "SUITE", "CPUS", "MEMORY", "PID", "FOLDER")


def list_machines(top: Path) -> str:
    """The table, for the folder of a stack or of all stacks; the words `no machines` when there are none."""
    stacks = (path.parent for path in top.glob(f"*/machines/*/{records.NAME}"))
    folders = sorted({*records.machine_folders(top), *stacks})
    if not folders:
        return f"no machines in {top}"
    rows = [COLUMNS, *(_row(folder) for folder in folders)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(folder: Path) -> tuple[str, ...]:
    record = records.load(folder)
    if record is None:
        return (folder.name, "unreadable", "", "", "", "", "", str(folder))
    settings = record.settings
    alive = record.is_alive()
    return (
        settings["name"],
        "running" if alive else "off",
        settings["address"],
        settings["suite"],
        str(settings["cpus"]),
        f"{settings['memoryMegabytes']} MB",
        str(record.process.pid) if alive else "",
        str(folder),
    )
