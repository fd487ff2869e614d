"""What this program and the deployer both name is written once, in contract.json."""

import ast
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile
from collections.abc import Iterator
from pathlib import Path

from portico_host.base import contract
from portico_host.bundle import managed_file
from portico_host.state import plan
from support import PROGRAM_FOLDER

PACKAGE = Path(PROGRAM_FOLDER) / "portico_host"


def specific() -> list[str]:
    """What is like nothing else: paths, units, names with a dot; not words such as `tree`."""
    parts = (contract.NAMES, contract.FILES, contract.PATHS, contract.HEALTH, contract.METRICS)
    values = [value for part in parts for value in part.values() if len(value) > 5]
    return [value for value in values if re.search(r"[./@]", value) or value in contract.METRICS.values()]


def texts(source: str) -> Iterator[str | int]:
    """All texts and numbers of a module but its documentation."""
    tree = ast.parse(source)
    words = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, int)) and id(node) not in words:
            yield node.value


def written(source: str) -> list[str]:
    """The values that a module writes itself, whole or between signs that belong to no path or name."""
    found = []
    for text in texts(source):
        if isinstance(text, int):
            found += [str(text)] if text == contract.PORTS["web"] else []
            continue
        for value in specific():
            # A path may stand without its first slash.
            if re.search(rf"(?<![\w@-]){re.escape(value.lstrip('/'))}(?![\w./@-])", text):
                found.append(value)
    return found


class ContractTest(unittest.TestCase):
    def test_what_was_written_a_second_time_is_found(self) -> None:
        source = '"""/etc/portico"""\nA = "etc/portico"  # /var/lib/portico\nB = f"{A} /var/lib/portico {A}"\nC = 8443\nD = "/etc/portico/own"\n'
        self.assertEqual(sorted(written(source)), ["/etc/portico", "/var/lib/portico", "8443"])

    def test_nothing_of_the_contract_is_written_a_second_time_here(self) -> None:
        self.assertGreater(len(specific()), 35)
        for path in sorted(PACKAGE.rglob("*.py")):
            with self.subTest(str(path.relative_to(PACKAGE))):
                self.assertEqual(written(path.read_text()), [])

    def test_it_is_read_out_of_a_zip(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            place = f"{folder}/program.pyz"
            with zipfile.ZipFile(place, "w") as archive:
                for path in [Path(PROGRAM_FOLDER) / "__main__.py", *PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.json")]:
                    archive.write(path, path.relative_to(PROGRAM_FOLDER))
            done = subprocess.run([sys.executable, "-I", place, "steps"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("stage:lock\n", done.stdout)

    def test_effects_that_this_program_acts_on_are_of_the_contract(self) -> None:
        self.assertIn(managed_file.AGENT, contract.EFFECTS)
        # Made here of `nginxUnit`, where the limits of the unit alone changed; no file has it.
        self.assertEqual(plan.UNIT_EFFECTS - contract.EFFECTS.keys(), {"nginxLimits"})
        for path in (PACKAGE / "apply").glob("*.py"):
            named = set(re.findall(r'"(\w+)" (?:not )?in (?:change\.|self\.)?(?:effects|needed)\b', path.read_text()))
            self.assertLessEqual(named, {*contract.EFFECTS, "nginxLimits"})
