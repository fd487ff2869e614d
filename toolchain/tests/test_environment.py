"""bin/env: what it prints, makes and leaves alone."""

import stat
import subprocess

from .scratch import ENGINE, ScratchCheckout


class Environment(ScratchCheckout):
    def setUp(self):
        super().setUp()
        self.install("pulumi", ENGINE)
        self.state = self.checkout / ".portico" / "dev"

    def variables(self, script='eval "$(bin/env dev)"', **more):
        done = self.run_script(f"{script} && env -0", **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return dict(pair.split("=", 1) for pair in done.stdout.split("\0") if "=" in pair)

    def test_makes_private_folders_and_a_private_passphrase(self):
        self.variables()
        for path, mode in ((self.state.parent, 0o700), (self.state, 0o700), (self.state / "passphrase", 0o600)):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), mode, path)
        self.assertGreaterEqual(len((self.state / "passphrase").read_text()), 40)

    def test_never_replaces_the_passphrase(self):
        self.variables()
        first = (self.state / "passphrase").read_text()
        self.variables()
        self.assertEqual((self.state / "passphrase").read_text(), first)
        self.assertEqual(len(list(self.state.glob("passphrase*"))), 1)

    def refuse_new_passphrase(self):
        done = self.run_script("bin/env dev")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("passphrase: got none in", done.stderr)
        self.assertIn("bin/restore dev FILE", done.stderr)
        self.assertFalse((self.state / "passphrase").exists())

    def test_makes_no_other_passphrase_while_a_state_is_there(self):
        self.variables()
        folder = self.state / "backend/.pulumi/stacks/portico"
        folder.mkdir(parents=True)
        (folder / "dev.json").write_text("{}")
        (self.state / "passphrase").unlink()
        self.refuse_new_passphrase()

    def test_makes_no_other_passphrase_while_the_salt_of_one_is_there(self):
        self.state.mkdir(parents=True)
        (self.state / "encryptionsalt").write_text("v1:salt")
        self.refuse_new_passphrase()

    def test_makes_none_in_a_checkout_whose_stack_file_holds_encrypted_values(self):
        text = self.stack_file.read_text()
        for lines in ("encryptionsalt: v1:salt", "  portico:loginKey:\n    secure: v1:value"):
            with self.subTest(lines):
                self.stack_file.write_text(f"{text}\n{lines}\n")
                self.refuse_new_passphrase()
        self.stack_file.write_text(
            f"secretsprovider: awskms://key\n{text}\n  portico:loginKey:\n    secure: v1:value\n"
        )
        self.variables()

    def test_calls_at_once_agree_on_the_passphrase(self):
        script = "for i in 1 2 3 4 5 6; do bin/env dev >/dev/null & done; wait"
        self.assertEqual(self.run_script(script).returncode, 0)
        self.assertEqual([path.name for path in self.state.glob("passphrase*")], ["passphrase"])

    def test_points_the_engine_to_the_state_folder(self):
        found = self.variables(SSH_AUTH_SOCK="/dead", PULUMI_CONFIG_PASSPHRASE="another")
        self.assertEqual(found["PULUMI_BACKEND_URL"], f"file://{self.state}/backend?metadata=skip")
        self.assertEqual(found["PULUMI_CONFIG_PASSPHRASE_FILE"], f"{self.state}/passphrase")
        self.assertEqual(found["PULUMI_STACK"], "dev")
        self.assertNotIn("SSH_AUTH_SOCK", found)
        self.assertNotIn("PULUMI_CONFIG_PASSPHRASE", found)

    def test_survives_odd_characters_in_another_state_folder(self):
        other = self.root / 'it\'s $HOME "state"'
        found = self.variables(PORTICO_STATE_DIR=str(other))
        self.assertEqual(found["PULUMI_BACKEND_URL"], f"file://{other}/dev/backend?metadata=skip")
        self.assertTrue((other / "dev" / "passphrase").exists())

    def test_refuses_a_state_folder_that_no_address_can_name(self):
        done = self.run_script("bin/env dev", PORTICO_STATE_DIR=str(self.root / "100%"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("set PORTICO_STATE_DIR to another", done.stderr)

    def test_prints_what_a_plain_posix_shell_takes(self):
        printed = self.run_script("bin/env dev").stdout
        done = subprocess.run(
            ["dash", "-c", 'eval "$1"; echo "$PULUMI_STACK"', "dash", printed], capture_output=True, text=True
        )
        self.assertEqual((done.stdout, done.stderr), ("dev\n", ""))

    def test_puts_launcher_and_engine_first_once(self):
        once = self.variables()["PATH"].split(":")
        twice = self.variables('eval "$(bin/env dev)"; eval "$(bin/env dev)"')["PATH"].split(":")
        self.assertEqual(once[:2], [f"{self.checkout}/toolchain/launcher", str(self.programs)])
        self.assertEqual(twice.count(once[0]), 1)

    def test_leaves_state_that_is_elsewhere_alone(self):
        found = self.variables(PULUMI_BACKEND_URL="s3://elsewhere", PULUMI_CONFIG_PASSPHRASE="mine")
        self.assertEqual(found["PULUMI_BACKEND_URL"], "s3://elsewhere")
        self.assertEqual(found["PULUMI_CONFIG_PASSPHRASE"], "mine")
        self.assertNotIn("PULUMI_CONFIG_PASSPHRASE_FILE", found)
        self.assertNotIn("launcher", found["PATH"])
        self.assertFalse(self.state.exists())

    def test_a_second_stack_replaces_the_first(self):
        found = self.variables('eval "$(bin/env dev)"; eval "$(bin/env other)"')
        self.assertTrue(found["PULUMI_BACKEND_URL"].endswith("/other/backend?metadata=skip"))

    def test_refuses_names_that_are_no_stack(self):
        for name in ("", "../up", "Dev", "a b", "-x", "1st", "x" * 40):
            done = self.run_script('bin/env "$1"', name)
            self.assertEqual((done.returncode, done.stdout), (1, ""), name)
            self.assertIn(f"stack: got '{name}'; allowed:", done.stderr)

    def test_wrong_use_is_told_apart(self):
        for script in ("bin/env", "bin/env a b"):
            done = self.run_script(script)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("usage:", done.stderr)

    def test_says_what_to_do_without_an_engine(self):
        self.install("pulumi", "#!/bin/sh\nexit 1\n")
        done = self.run_script("bin/env dev", PATH=f"{self.programs}:/usr/bin:/bin")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("run bin/setup", done.stderr)

    def test_an_engine_that_is_too_old_is_not_used(self):
        done = self.run_script("bin/env dev", PATH=f"{self.programs}:/usr/bin:/bin", FAKE_VERSION="3.100.0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("older than", done.stderr)
