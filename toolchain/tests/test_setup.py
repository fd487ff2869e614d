"""The parts of bin/setup: what they check, build once, and say when something is missing."""

import json
import re
import time
from pathlib import Path

from .scratch import CHECKOUT, ENGINE, ScratchCheckout


class Setup(ScratchCheckout):
    def test_wrong_use_is_told_apart(self):
        done = self.run_script("bin/setup --help")
        self.assertEqual(done.returncode, 2)
        self.assertIn("usage: bin/setup", done.stderr)

    def test_compares_versions_by_number(self):
        for version, minimum, wanted in (
            ("20.19.0", "20.19.0", 0),
            ("20.9.0", "20.19.0", 1),
            ("22.0.0", "20.19.0", 0),
            ("1.26", "1.26", 0),
            ("1.9", "1.26", 1),
        ):
            done = self.with_parts(f"atLeast {version} {minimum}")
            self.assertEqual(done.returncode, wanted, (version, minimum))

    def test_a_hash_follows_content_and_names_but_not_tests(self):
        def found():
            return self.with_parts("hashOf engine").stdout

        folder = self.checkout / "toolchain" / "engine"
        first = found()
        (folder / "some_test.go").write_text("package x\n")
        self.assertEqual(found(), first)
        (folder / "more.go").write_text("package x\n")
        second = found()
        self.assertNotEqual(second, first)
        (folder / "more.go").rename(folder / "other.go")
        self.assertNotEqual(found(), second)

    def test_an_old_node_is_refused_with_the_remedy(self):
        self.install("node", "#!/bin/sh\necho v18.1.0\n")
        done = self.with_parts("checkNode")
        self.assertEqual(done.returncode, 1)
        self.assertIn("node: got v18.1.0; allowed: 20.19.0 or newer; install", done.stderr)

    def test_node_packages_are_installed_once_per_lock_file(self):
        self.install("npm", f'#!/bin/sh\necho "$@" >>"{self.record}"\nmkdir -p "$2/node_modules"\n')
        lock = self.checkout / "package-lock.json"
        lock.write_text("{}")
        self.assertEqual(self.with_parts("installNodePackages; installNodePackages").returncode, 0)
        self.assertEqual(len(self.record.read_text().splitlines()), 1)
        lock.write_text('{"changed": true}')
        self.with_parts("installNodePackages")
        self.assertEqual(len(self.record.read_text().splitlines()), 2)
        self.assertIn("--ignore-scripts", self.record.read_text())

    def test_a_failed_npm_is_shown_and_tried_again(self):
        self.install("npm", "#!/bin/sh\necho no such host\nexit 1\n")
        (self.checkout / "package-lock.json").write_text("{}")
        for _ in range(2):
            done = self.with_parts("installNodePackages")
            self.assertEqual(done.returncode, 1)
            self.assertIn("no such host", done.stderr)
            self.assertIn("run bin/setup again", done.stderr)

    def test_only_missing_packages_are_named(self):
        names = self.with_parts("packageColumn 1").stdout.split()
        self.assertIn("mmdebstrap", names)
        listing = "\n".join(f"installed {name}, " for name in names if name not in ("curl", "nginx", "openssl"))
        self.install(
            "dpkg-query",
            f"#!/bin/sh\ncat <<'END'\n{listing}\nconfig-files openssl, \ninstalled web, nginx (= 1.26), httpd\nEND\n",
        )
        self.assertEqual(self.with_parts("missingPackages").stdout.split(), ["curl", "openssl"])

    def test_without_root_the_command_is_told(self):
        self.install("dpkg-query", "#!/bin/sh\necho 'installed nothing, '\n")
        self.install("id", "#!/bin/sh\necho 1000\n")
        done = self.with_parts("installPackages")
        self.assertEqual(done.returncode, 0)
        self.assertIn("sudo apt-get install --no-install-recommends apt-utils", done.stderr)

    def test_a_go_that_cannot_build_is_refused_with_the_remedy(self):
        for version, toolchain, wanted in (
            ("go1.20.1", "auto", 1),
            ("go1.22.3", "local", 1),
            ("go1.22.3", "auto", 0),
            ("go1.26.8", "local", 0),
            ("go1.27rc1", "local", 0),
        ):
            self.install("go", f'#!/bin/sh\n[ "$2" = GOVERSION ] && echo {version} || echo {toolchain}\n')
            done = self.with_parts("checkGo")
            self.assertEqual(done.returncode, wanted, (version, toolchain))
            if wanted:
                self.assertIn(
                    f"go: got {version.removeprefix('go')} with GOTOOLCHAIN={toolchain}; allowed:", done.stderr
                )

    def test_a_failed_build_shows_its_log_and_leaves_nothing(self):
        self.install("pulumi", "#!/bin/sh\nexit 1\n")
        self.install("curl", "#!/bin/sh\necho no route to the vendor >&2\nexit 6\n")
        self.install(
            "go", '#!/bin/sh\ncase "$1" in env) echo go1.26.8 ;; *) echo undefined: everything; exit 1 ;; esac\n'
        )
        done = self.with_parts("provideEngine")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot be downloaded: no route to the vendor", done.stderr)
        self.assertIn("undefined: everything", done.stderr)
        self.assertEqual(list((self.root / "cache" / "engine").iterdir()), [])

    def test_a_download_with_another_sum_is_not_used(self):
        self.install(
            "curl",
            '#!/bin/bash\nwhile [ "$1" != -o ]; do shift; done\ncase $2 in */sums) echo "00 $(basename "$3")" ;; *) echo bytes ;; esac >"$2"\n',
        )
        done = self.with_parts("downloadEngine || echo refused")
        self.assertEqual(done.stdout, "refused\n")
        self.assertIn("the download is not used: its SHA-256 is", done.stderr)

    def test_a_plugin_is_built_again_only_when_its_sources_changed(self):
        self.install("pulumi", ENGINE)
        self.install("go", "#!/bin/sh\necho go1.26.8\n")
        sources = self.checkout / "toolchain" / "commandProvider"
        sources.mkdir()
        (sources / "main.go").write_text("package main\n")
        script = (
            'vendorPlugin() { return 1; }; build() { echo built; printf "#!/bin/sh\\n" >"$1"; chmod +x "$1"; }; '
            'for i in 1 2; do providePlugin "$(findEngine)" command 1.2.1 commandProvider build; done'
        )
        self.assertEqual(self.with_parts(script).stdout, "built\n")
        self.assertIn("plugin install resource command 1.2.1 --file", self.calls()[0])
        (sources / "main.go").write_text("package main // changed\n")
        self.assertEqual(self.with_parts(script).stdout, "built\n")

    def test_the_schema_that_the_tls_provider_embeds_is_of_its_version(self):
        schema = json.loads((CHECKOUT / "toolchain/tlsProvider/plugin/schema.json").read_text())
        self.assertEqual(schema["version"], self.with_parts('printf %s "$tlsVersion"').stdout)
        self.assertIn("tls:index/privateKey:PrivateKey", schema["resources"])

    def test_what_modules_share_with_the_engine_has_one_version_and_is_compiled_once(self):
        def required(module):
            text = (CHECKOUT / "toolchain" / module / "go.mod").read_text()
            return dict(re.findall(r"^\s+(\S+) (v\S+)", text, re.MULTILINE))

        engine = required("engine")
        for module in ("commandProvider", "languageHost"):
            other = {name for name, version in required(module).items() if engine.get(name, version) != version}
            self.assertLessEqual(other, {"github.com/pulumi/pulumi/sdk/v3", "github.com/pulumi/pulumi/pkg/v3"}, module)

    def test_parts_run_side_by_side(self):
        # Each waits for the other: one after another they would never end.
        meet = 'meet() { echo >"$cache-$1"; until [ -e "$cache-$2" ]; do sleep 0.05; done; }; '
        parts = "one() { meet one two; }; two() { meet two one; }; together one two && echo ready"
        self.assertEqual(self.with_parts(meet + parts).stdout, "ready\n")

    def test_one_part_that_fails_is_named_when_the_others_have_ended(self):
        done = self.with_parts(
            "good() { sleep 0.3; echo good; }; bad() { fail broken; }; together bad good; echo ready"
        )
        self.assertEqual((done.returncode, done.stdout), (1, "good\n"))
        self.assertIn("broken", done.stderr)
        self.assertIn("not ready: bad failed", done.stderr)

    def test_an_interrupt_ends_all_parts_and_what_they_started(self):
        script = (
            'slow() { sh -c \'echo $$ >"$0-pid"; exec sleep 60\' "$cache"; }; quick() { :; }; '
            'until [ -s "$cache-pid" ]; do sleep 0.05; done && kill -TERM $$ & together quick slow; echo ready'
        )
        done = self.with_parts(script)
        self.assertEqual((done.returncode, done.stdout), (130, ""))
        self.assertFalse(self.runs(int((self.root / "cache-pid").read_text())))

    def runs(self, pid, seconds=5):
        """Whether a process outlives that time; one that was not waited for has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                    return False
            except FileNotFoundError:
                return False
            time.sleep(0.05)
        return True

    def test_a_second_run_waits_for_the_first(self):
        slow = "begin() { echo begin; sleep 0.5; echo end; }; locked one begin & locked one begin & wait"
        done = self.with_parts(slow)
        self.assertEqual(done.stdout.split(), ["begin", "end", "begin", "end"])
        self.assertIn("waiting for another run", done.stderr)
