from dataclasses import replace
from typing import Any

from bundles import APP, description
from portico_host.bundle.description import Description
from portico_host.release import revisions
from portico_host.state.plan import Plan
from portico_host.units import slots
from support import HostCase, printed

FILES = {"/opt/portico/revision/environment": 'A="b"\n', "/opt/portico/revision/gunicorn.conf.py": "x = 1\n"}
SECRETS = {"appSecretKey": "planted\nvalue"}


class RevisionTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        value: Any = description(FILES, APP)
        folder = self.paths.staged / "key"
        for path, content in FILES.items():
            place = folder / "tree" / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
        self.plan = Plan("key", "r1", "v1", Description.read(value), value, (), folder)
        revisions.write(self.context, self.plan, SECRETS)
        self.folder = self.paths.revisions / "v1"

    def test_holds_settings_release_and_secrets(self) -> None:
        self.assertEqual((self.folder / "gunicorn.conf.py").read_text(), "x = 1\n")
        self.assertEqual((self.folder / "release").readlink().as_posix(), "../../releases/r1")
        self.assertEqual((self.folder / "credentials/appSecretKey").read_text(), SECRETS["appSecretKey"])

    def test_tells_the_application_its_release(self) -> None:
        self.assertEqual((self.folder / "environment").read_text(), 'A="b"\nPORTICO_RELEASE="r1"\n')

    def test_only_root_reaches_the_secrets(self) -> None:
        self.assertEqual((self.folder / "credentials").stat().st_mode & 0o777, 0o700)
        self.assertEqual((self.folder / "credentials/appSecretKey").stat().st_mode & 0o777, 0o600)

    def test_its_files_are_not_installed_at_a_path_of_their_own(self) -> None:
        self.assertEqual(self.plan.files, {})
        self.assertFalse(self.paths.live("/opt/portico/revision").exists())

    def test_writing_it_again_changes_nothing(self) -> None:
        before = sorted((path, path.read_bytes()) for path in self.folder.rglob("*") if path.is_file())
        revisions.write(self.context, self.plan, SECRETS)
        self.assertEqual(before, sorted((path, path.read_bytes()) for path in self.folder.rglob("*") if path.is_file()))

    def test_sees_its_files_change_and_writes_them_anew(self) -> None:
        self.assertEqual(revisions.deviations(self.context, self.plan), [])
        (self.folder / "environment").write_text("EVIL=1\n")
        (self.folder / "gunicorn.conf.py").chmod(0o666)
        found = revisions.deviations(self.context, self.plan)
        self.assertEqual(
            [(path, each.of_content) for path, each in found],
            [(f"{self.folder}/environment", True), (f"{self.folder}/gunicorn.conf.py", False)],
        )
        with printed():
            revisions.repair(self.context, self.plan)
        self.assertEqual(revisions.deviations(self.context, self.plan), [])
        self.test_tells_the_application_its_release()

    def test_closes_a_secret_that_somebody_opened_and_keeps_its_value(self) -> None:
        secret = self.folder / "credentials/appSecretKey"
        self.assertEqual(revisions.open_secrets(self.context, "v1"), [])
        secret.chmod(0o644)
        self.assertEqual(revisions.open_secrets(self.context, "v1"), [secret])
        revisions.repair(self.context, self.plan)
        self.assertEqual(
            (revisions.open_secrets(self.context, "v1"), secret.read_text()), ([], SECRETS["appSecretKey"])
        )

    def test_knows_whether_its_secrets_are_those_that_it_is_named_after(self) -> None:
        name = revisions.identify(self.context, "r1", self.plan.all_files, SECRETS)
        plan = replace(self.plan, revision=name)
        revisions.write(self.context, plan, SECRETS)
        credentials = self.paths.revisions / name / "credentials"
        self.assertTrue(revisions.has_its_secrets(self.context, plan))
        (credentials / "appSecretKey").write_text("another")
        self.assertFalse(revisions.has_its_secrets(self.context, plan))
        (credentials / "appSecretKey").write_text(SECRETS["appSecretKey"])
        (credentials / "more").write_text("")
        self.assertFalse(revisions.has_its_secrets(self.context, plan))

    def test_knows_its_secrets_for_hiding_them(self) -> None:
        self.assertEqual(revisions.secrets_of(self.context, "v1"), list(SECRETS.values()))
        self.assertEqual(revisions.secrets_of(self.context, None), [])
        self.assertEqual(revisions.secrets_of(self.context, "unknown"), [])

    def test_its_name_follows_release_unit_settings_and_secrets_only(self) -> None:
        files = self.plan.description.files
        name = revisions.identify(self.context, "r1", files, SECRETS)
        self.assertEqual(name, revisions.identify(self.context, "r1", tuple(reversed(files)), SECRETS))
        self.assertEqual(
            name,
            revisions.identify(self.context, "r1", (*files, replace(files[0], path="/etc/x", effect="nginx")), SECRETS),
        )
        others = {
            revisions.identify(self.context, "r2", files, SECRETS),
            revisions.identify(self.context, "r1", files, {"appSecretKey": "other"}),
            revisions.identify(self.context, "r1", (replace(files[0], sha256="0"), files[1]), SECRETS),
            revisions.identify(
                self.context, "r1", (*files, replace(files[0], path="/etc/x", effect="appUnit")), SECRETS
            ),
        }
        self.assertEqual(len(others - {name}), 4)


class SlotTest(HostCase):
    def test_a_new_host_has_no_live_slot(self) -> None:
        self.assertIsNone(slots.live(self.paths))
        self.assertIsNone(slots.revision(self.paths, "blue"))

    def test_the_chosen_slot_is_the_live_one(self) -> None:
        for slot in slots.SLOTS:
            slots.choose(self.paths, slot)
            self.assertEqual(slots.live(self.paths), slot)
        text = (self.paths.units / "portico-app.socket.d/50-live-slot.conf").read_text()
        self.assertIn("[Socket]\nService=portico-app@green.service\n", text)

    def test_a_slot_leads_to_its_revision_and_can_be_led_elsewhere(self) -> None:
        slots.assign(self.paths, "blue", "v1")
        slots.assign(self.paths, "blue", "v2")
        self.assertEqual(slots.revision(self.paths, "blue"), "v2")
        self.assertEqual([path.name for path in self.paths.slots.iterdir()], ["blue"])

    def test_the_first_slot_is_blue_and_then_they_take_turns(self) -> None:
        self.assertEqual([slots.other(slot) for slot in (None, "blue", "green")], ["blue", "green", "blue"])
