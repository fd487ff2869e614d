"""The launcher: the tracked stack file stays as it is, whatever the engine does."""

from .scratch import ENGINE, ScratchCheckout


class Launcher(ScratchCheckout):
    def setUp(self):
        super().setUp()
        self.install("pulumi", ENGINE)
        self.state = self.checkout / ".portico" / "dev"
        self.tracked = self.stack_file.read_text()

    def pulumi(self, arguments, **more):
        return self.run_script(f'eval "$("{self.checkout}/bin/env" dev)"; pulumi {arguments}', **more)

    def test_hands_on_a_copy_with_the_salt_and_leaves_the_file(self):
        done = self.pulumi("preview --diff")
        self.assertEqual(done.returncode, 0, done.stderr)
        made, preview = self.calls()
        self.assertTrue(made.startswith("stack init dev "))
        self.assertNotIn(f"folder: {self.checkout}\n", made)
        self.assertIn(f"folder: {self.checkout}\n", preview)
        self.assertIn(f"config: {self.state}/Pulumi.dev.yaml\n{self.tracked}\nencryptionsalt: v1:the-salt\n", preview)
        self.assertEqual(self.stack_file.read_text(), self.tracked)

    def test_sees_each_change_of_the_tracked_file(self):
        self.pulumi("up --yes")
        self.stack_file.write_text("config:\n  portico:target: hosts\n")
        self.pulumi("up --yes")
        self.assertIn("portico:target: hosts", self.calls()[-1])
        self.assertEqual(len(self.calls()), 3, "the stack is made once")

    def test_knows_the_command_after_flags(self):
        for arguments in (
            "-C . up",
            "--color never preview",
            "--non-interactive destroy --yes",
            "refresh -s dev",
            "dn",
            "stack select --create dev",
        ):
            self.pulumi(arguments)
            self.assertIn("config: " + str(self.state), self.calls()[-1], arguments)

    def test_passes_other_commands_unchanged(self):
        for arguments in ("config set key up", "stack output preview", "plugin ls", "version up", "--help"):
            self.pulumi(arguments)
            self.assertIn("config: \n", (self.calls() or ["config: \n"])[-1], arguments)
        self.assertFalse((self.state / "encryptionsalt").exists())

    def test_makes_the_stack_aside_on_init(self):
        done = self.pulumi("stack init")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.calls()), 1)
        self.assertEqual(self.stack_file.read_text(), self.tracked)

    def test_makes_a_removed_stack_anew(self):
        self.pulumi("preview")
        next(self.state.glob("backend/.pulumi/stacks/portico/dev.json")).unlink()
        (self.state / "encryptionsalt").write_text("v1:stale\n")
        self.pulumi("preview")
        self.assertIn("encryptionsalt: v1:the-salt", self.calls()[-1])

    def test_leaves_a_file_that_names_its_own_encryption(self):
        for line in ("encryptionsalt: v1:own\n", "secretsprovider: awskms://alias/x\n"):
            self.stack_file.write_text(line)
            self.pulumi("preview")
            self.assertIn("config: \n", self.calls()[-1])

    def test_works_without_a_stack_file(self):
        self.stack_file.unlink()
        self.pulumi("preview")
        self.assertIn("encryptionsalt: v1:the-salt", self.calls()[-1])
        self.assertFalse(self.stack_file.exists())

    def test_does_nothing_for_another_project(self):
        other = self.root / "other"
        other.mkdir()
        (other / "Pulumi.yaml").write_text("name: other\n")
        self.pulumi("preview", folder=other)
        self.assertEqual(len(self.calls()), 1)
        self.assertIn("config: \n", self.calls()[0])

    def test_passes_the_exit_code_on(self):
        self.pulumi("preview")
        self.assertEqual(self.pulumi("preview", FAKE_STATUS="9").returncode, 9)
