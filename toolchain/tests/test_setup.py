"""The parts of bin/setup: what they check, build once, and say when something is missing."""

import json
import re
from itertools import combinations

from .scratch import CHECKOUT, ENGINE, ScratchCheckout

# A part that starts a program and waits for it, and how to wait until it has. The program holds the output: a script has not ended
# for the test, which fails after a minute, before the program has.
SLOW = """slow() { sh -c 'echo >"$0-started"; exec sleep 300' "$cache"; }"""
UNTIL_SLOW = 'until [ -e "$cache-started" ]; do sleep 0.05; done'


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

        pulumi = {"github.com/pulumi/pulumi/sdk/v3", "github.com/pulumi/pulumi/pkg/v3"}
        for one, other in combinations(map(required, ("engine", "commandProvider", "languageHost")), 2):
            shared = one.keys() & other.keys() - pulumi
            self.assertGreater(len(shared), 50)
            self.assertEqual({name: one[name] for name in shared}, {name: other[name] for name in shared})

    def test_parts_run_side_by_side(self):
        # Each waits for the other: one after another they would never end.
        meet = 'meet() { echo >"$cache-$1"; until [ -e "$cache-$2" ]; do sleep 0.05; done; }; '
        parts = "one() { meet one two; }; two() { meet two one; }; together one two && echo ready"
        self.assertEqual(self.with_parts(meet + parts).stdout, "ready\n")

    def test_the_first_part_that_fails_ends_the_others(self):
        done = self.with_parts(
            f"{SLOW}; bad() {{ {UNTIL_SLOW}; fail broken; }}; quick() {{ :; }}; together slow quick bad; echo ready"
        )
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^portico: broken\nportico: not ready: one part failed.*\n$")

    def test_a_part_that_is_killed_is_none_that_is_ready(self):
        done = self.with_parts("killed() { kill -KILL \"$(exec sh -c 'echo $PPID')\"; }; together killed; echo ready")
        self.assertEqual((done.returncode, done.stdout), (1, ""))

    def test_a_command_that_fails_within_a_part_ends_it(self):
        done = self.with_parts("bad() { false; echo went on; }; together bad; echo ready")
        self.assertEqual((done.returncode, done.stdout), (1, ""))

    def test_an_interrupt_ends_all_parts_and_what_they_started(self):
        done = self.with_parts(
            f"{SLOW}; quick() {{ :; }}; {{ {UNTIL_SLOW} && kill -TERM $$; }} & together quick slow; echo ready"
        )
        self.assertEqual((done.returncode, done.stdout), (130, ""))

    def test_a_second_run_waits_for_the_first(self):
        slow = "begin() { echo begin; sleep 0.5; echo end; }; locked one begin & locked one begin & wait"
        done = self.with_parts(slow)
        self.assertEqual(done.stdout.split(), ["begin", "end", "begin", "end"])
        self.assertIn("waiting for another run", done.stderr)
