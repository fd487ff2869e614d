"""What bin/test-aws makes ready: the plugin with its schema, and moto from its lock."""

import json

from .scratch import CHECKOUT, ENGINE, ScratchCheckout

PLAYED_GO = """#!/bin/sh
case "$1" in
  env) echo go1.26.8 ;;
  build)
    echo "$@" >>"$BUILDS"
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho "{}" >"$2/schema.json"\\n' >"$2"
    chmod +x "$2" ;;
esac
"""
PLAYED_PYTHON = """#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" >>"$INSTALLS"\\n%s\\n' "$OUTCOME" >"$3/bin/python"
chmod +x "$3/bin/python"
"""


class Ready(ScratchCheckout):
    def with_aws_parts(self, script, **more):
        return self.with_parts(f'for part in awsPlugin moto; do . "$toolchain/$part.sh"; done; {script}', **more)

    def test_the_plugin_is_built_once_with_its_version_and_installed_with_its_schema(self):
        builds = self.root / "builds"
        self.install("pulumi", ENGINE)
        self.install("go", PLAYED_GO)
        sources = self.checkout / "toolchain" / "awsProvider"
        sources.mkdir()
        (sources / "main.go").write_text("package main\n")
        done = self.with_aws_parts(
            "vendorPlugin() { return 1; }; provideAwsPlugin; provideAwsPlugin", BUILDS=str(builds)
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        (build,) = builds.read_text().splitlines()
        self.assertIn("-mod=readonly", build)
        self.assertIn("-X main.version=7.48.0", build)
        (folder,) = (self.root / "cache" / "plugins").iterdir()
        self.assertEqual(sorted(path.name for path in folder.iterdir()), ["pulumi-resource-aws", "schema.json"])
        self.assertIn(f"plugin install resource aws 7.48.0 --file {folder}", self.calls()[0])

    def test_the_plugin_has_the_version_of_the_package(self):
        wanted = json.loads((CHECKOUT / "package.json").read_text())["dependencies"]["@pulumi/aws"]
        self.assertEqual(self.with_aws_parts('echo "$awsVersion"').stdout.strip(), wanted)

    def test_the_vendor_s_plugin_is_taken_where_it_can_be_had(self):
        self.install("pulumi", ENGINE)
        (self.checkout / "toolchain" / "awsProvider").mkdir()
        done = self.with_aws_parts("provideAwsPlugin")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("plugin install resource aws 7.48.0", self.calls()[0])
        self.assertNotIn("--file", self.calls()[0])

    def test_moto_is_installed_once_by_the_hashes_of_its_lock(self):
        installs = self.root / "installs"
        self.install("python3", PLAYED_PYTHON)
        done = self.with_aws_parts("provideMoto; provideMoto; motoPython", INSTALLS=str(installs), OUTCOME="")
        self.assertEqual(done.returncode, 0, done.stderr)
        (install,) = installs.read_text().splitlines()
        self.assertIn("--require-hashes", install)
        self.assertIn("toolchain/moto/requirements.txt", install)
        self.assertTrue((self.root / done.stdout.strip()).is_file())

    def test_a_failed_installation_is_shown_and_leaves_nothing(self):
        self.install("python3", PLAYED_PYTHON)
        done = self.with_aws_parts(
            "provideMoto", INSTALLS=str(self.root / "installs"), OUTCOME="echo no such index; exit 1"
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("no such index", done.stderr)
        self.assertIn("run bin/test-aws again", done.stderr)
        self.assertEqual(list((self.root / "cache" / "moto").glob("*")), [])
