"""A scratch checkout with the real scripts and stand-ins for the programs that they call."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

# Records its arguments and what the scripts set, and makes a state file on `stack init` as the engine does.
ENGINE = r"""#!/bin/bash
[ "$1" = version ] && { echo "v${FAKE_VERSION:-3.259.0}"; exit; }
{ echo "arguments: $*"; echo "folder: $PWD"; echo "config: ${PULUMI_OPTION_CONFIG_FILE:-}"
  [ -z "${PULUMI_OPTION_CONFIG_FILE:-}" ] || cat "$PULUMI_OPTION_CONFIG_FILE"; } >>"$RECORD"
if [ "$1 $2" = "stack init" ]; then
  state=${PULUMI_BACKEND_URL#file://}
  state=${state%\?*}/.pulumi/stacks/portico
  mkdir -p "$state"
  echo '{"checkpoint":{"latest":{"secrets_providers":{"state":{"salt":"v1:the-salt"}}}}}' >"$state/$3.json"
  echo "encryptionsalt: v1:the-salt" >>"Pulumi.$3.yaml"
fi
exit "${FAKE_STATUS:-0}"
"""


def path_without_engine():
    """The path of whoever runs the tests, less the folders with an engine."""
    return ":".join(
        folder for folder in os.environ["PATH"].split(":") if not os.access(Path(folder, "pulumi"), os.X_OK)
    )


class ScratchCheckout(unittest.TestCase):
    """Gives each test a checkout, an empty cache and a folder of programs that comes first on PATH."""

    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="portico-toolchain-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.checkout = self.root / "check out"
        self.programs = self.root / "programs"
        self.record = self.root / "record"
        self.programs.mkdir()
        (self.checkout / "bin").mkdir(parents=True)
        for name in ("env", "setup"):
            shutil.copy(CHECKOUT / "bin" / name, self.checkout / "bin")
        shutil.copytree(
            CHECKOUT / "toolchain", self.checkout / "toolchain", ignore=shutil.ignore_patterns("tests", "*Provider")
        )
        (self.checkout / "Pulumi.yaml").write_text("name: portico\nruntime: nodejs\n")
        self.stack_file = self.checkout / "Pulumi.dev.yaml"
        self.stack_file.write_text("config:\n  portico:target:   local")

    def install(self, name, text):
        """Puts a program first on PATH."""
        program = self.programs / name
        program.write_text(text)
        program.chmod(0o755)

    def environment(self, **more):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "PORTICO_"))}
        return {
            **kept,
            "PATH": f"{self.programs}:{path_without_engine()}",
            "PORTICO_CACHE_DIR": str(self.root / "cache"),
            "RECORD": str(self.record),
            **more,
        }

    def run_script(self, script, *arguments, shell="bash", folder=None, **more):
        """Runs lines of shell in the checkout."""
        return subprocess.run(
            [shell, "-c", script, shell, *arguments],
            cwd=folder or self.checkout,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=60,
        )

    def with_parts(self, script, **more):
        """Runs lines of bash with the parts of bin/setup loaded."""
        load = 'set -euo pipefail; . toolchain/lib.sh; for part in nodePackages packages build engine plugins; do . "$toolchain/$part.sh"; done; '
        return self.run_script(load + 'mkdir -p "$cache" "$pulumiHome"; ' + script, **more)

    def calls(self):
        """What the engine was called with, one call a text."""
        return self.record.read_text().split("arguments: ")[1:] if self.record.exists() else []
