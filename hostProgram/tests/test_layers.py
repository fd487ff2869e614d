"""The shape of the program: rooms that a stranger can look over, and nothing that leans on what leans on it."""

import ast
import re
import unittest
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from support import PROGRAM_FOLDER

PACKAGE = "portico_host"
MOST_MODULES = 12
MOST_LINES = 250

Graph = dict[str, set[str]]


class LayersTest(unittest.TestCase):
    def setUp(self) -> None:
        self.files = source_files(Path(PROGRAM_FOLDER))
        self.imports = {
            name: set(imports_of(name, path.read_text(), path.name == "__init__.py", self.files))
            for name, path in self.files.items()
        }

    def test_no_module_imports_one_that_imports_it(self) -> None:
        self.assertGreater(sum(map(len, self.imports.values())), 300)
        self.assertEqual(circle(self.imports), [])

    def test_nor_does_a_room(self) -> None:
        rooms: Graph = {}
        for name, imported in self.imports.items():
            rooms.setdefault(room(name), set()).update({room(each) for each in imported} - {room(name)})
        self.assertGreater(len(rooms), 10)
        self.assertEqual(circle(rooms), [])

    def test_a_room_imports_those_above_it_in_the_list_of_the_package_only(self) -> None:
        listed = re.findall(
            r"^\| `(\w+)` \|", str(ast.get_docstring(ast.parse(self.files[PACKAGE].read_text()))), re.MULTILINE
        )
        self.assertEqual({path.parent.name for path in self.files.values()} - {PACKAGE}, set(listed))
        place = {f"{PACKAGE}.{name}": number for number, name in enumerate(listed)}
        for name, imported in self.imports.items():
            if room(name) in place:
                below = {each for each in imported if place.get(room(each), len(place)) > place[room(name)]}
                self.assertEqual((name, below), (name, set()))

    def test_each_folder_can_be_looked_over(self) -> None:
        folders = Counter(path.parent for path in self.files.values() if path.name != "__init__.py")
        self.assertEqual({str(folder): count for folder, count in folders.items() if count > MOST_MODULES}, {})

    def test_and_each_module(self) -> None:
        lengths = {name: len(path.read_text().splitlines()) for name, path in self.files.items()}
        self.assertEqual({name: length for name, length in lengths.items() if length > MOST_LINES}, {})

    def test_each_folder_is_a_package_that_says_what_it_is_for(self) -> None:
        """One without `__init__.py` is passed over by the tests' discovery."""
        for folder in {path.parent for path in self.files.values()}:
            with self.subTest(folder.name):
                self.assertTrue(ast.get_docstring(ast.parse((folder / "__init__.py").read_text())))


class CircleTest(unittest.TestCase):
    """That the tests above can fail."""

    files = {name: Path() for name in ("portico_host", "portico_host.a", "portico_host.b", "portico_host.b.c")}

    def imports(self, name: str, source: str) -> list[str]:
        return sorted(set(imports_of(name, source, False, self.files)))

    def test_imports_are_found_in_every_form(self) -> None:
        for source in (
            "from . import a",
            "from .a import x, y",
            "from portico_host import a",
            "from portico_host.a import x",
            "import portico_host.a",
            "def f():\n    from .a import x",
            "if TYPE_CHECKING:\n    from . import a",
        ):
            with self.subTest(source):
                self.assertEqual(self.imports("portico_host.cli", source), ["portico_host.a"])
        self.assertEqual(
            self.imports("portico_host.b.c", "from .. import a\nimport json\nfrom os import path"), ["portico_host.a"]
        )
        self.assertEqual(self.imports("portico_host.a", "from .b import c"), ["portico_host.b.c"])

    def test_a_circle_is_found_however_long_it_is(self) -> None:
        line = {"a": {"b", "c"}, "b": {"c"}, "c": {"d"}, "d": set[str]()}
        self.assertEqual(circle(line), [])
        self.assertEqual(circle({**line, "d": {"b"}}), ["b", "c", "d", "b"])
        self.assertEqual(circle({"a": {"a"}}), ["a", "a"])


def source_files(folder: Path) -> dict[str, Path]:
    """The modules by name, packages among them."""
    found = {}
    for path in sorted((folder / PACKAGE).rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def room(module: str) -> str:
    """The folder of a module; one that lies in none stands for itself."""
    return ".".join(module.split(".")[:2])


def imports_of(name: str, source: str, is_package: bool, known: Iterable[str]) -> Iterator[str]:
    """Modules of ours that one imports, inside of its functions too."""
    modules = set(known)
    package = name.split(".") if is_package else name.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in modules)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for each in node.names:
                found = f"{base}.{each.name}" if f"{base}.{each.name}" in modules else base
                if found in modules:
                    yield found


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """One way that leads back to its beginning, or nothing."""
    done: set[str] = set()

    def follow(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name not in done:
            for each in sorted(graph.get(name, ())):
                found = follow(each, [*way, name])
                if found:
                    return found
            done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := follow(name, []))), [])
