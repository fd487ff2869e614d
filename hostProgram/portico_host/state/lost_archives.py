"""A mark that a `stage` missed an archive: the deployer, who believes that it is here, has to copy it again."""

from ..base.context import Context
from ..base.durable import make_folder, remove_file, write_file

MARK = "lost-archive"


def mark(context: Context) -> None:
    make_folder(context.paths.state)
    write_file(context.paths.state / MARK, b"")


def is_marked(context: Context) -> bool:
    return (context.paths.state / MARK).exists()


def clear_mark(context: Context) -> None:
    """All that a stage needs was there."""
    remove_file(context.paths.state / MARK)
