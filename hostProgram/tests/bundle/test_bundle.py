import json
import unittest
import zipfile
from typing import Any

from bundles import APP, description, write_bundle
from portico_host.base.errors import UsageError
from portico_host.bundle.bundle import Bundle
from portico_host.bundle.description import Description
from portico_host.staging.make_plan import make_plan
from portico_host.staging.request import StageRequest
from portico_host.state.plan import Plan
from support import HostCase

FILES = {"/etc/portico/nginx/nginx.conf": "events {}\n", "/opt/portico/revision/environment": 'A="b"\n'}


class BundleTest(HostCase):
    def bundle(self, app: dict[str, Any] | None = None, files: dict[str, str] = FILES, **changes: Any) -> Bundle:
        return Bundle.open(
            write_bundle(self.root / "home/portico/web-1.pyz", description(files, app, **changes), files)
        )

    def request(self, bundle: Bundle, **changes: Any) -> StageRequest:
        archives = {"archive": "portico/a.tar.gz", "wheels": "portico/w.tar"}
        value = {"release": "0123456789ab", **archives, "secretFiles": [], "secrets": {}, **changes}
        return StageRequest.read(value, bundle.description)

    def plan(self, bundle: Bundle | None = None, **changes: Any) -> Plan:
        bundle = bundle or self.bundle(APP)
        return make_plan(self.context, bundle, self.request(bundle, **changes))

    def test_reads_the_contents_of_its_files(self) -> None:
        bundle = self.bundle(APP)
        self.assertEqual(bundle.contents(), {path: text.encode() for path, text in FILES.items()})
        self.assertEqual(bundle.home, self.root / "home")

    def test_refuses_another_format(self) -> None:
        with self.assertRaisesRegex(UsageError, "format: got 2; allowed: 1"):
            Description.read({**description({}), "format": 2})

    def test_names_what_is_missing(self) -> None:
        with self.assertRaisesRegex(
            UsageError, r"bundle.json.app.probes: got nothing; allowed: a number; build it anew"
        ):
            Description.read(description({}, {key: value for key, value in APP.items() if key != "probes"}))

    def test_refuses_what_is_no_bundle(self) -> None:
        place = self.root / "web-1.pyz"
        place.write_text("no zip")
        with self.assertRaisesRegex(UsageError, "^bundle: got"):
            Bundle.open(place)

    def test_refuses_a_zip_without_description(self) -> None:
        place = self.root / "web-1.pyz"
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("__main__.py", "")
        with self.assertRaisesRegex(UsageError, "^bundle: got"):
            Bundle.open(place)

    def test_a_role_with_an_application_needs_a_release_and_the_other_takes_none(self) -> None:
        with self.assertRaisesRegex(UsageError, "input.release: got None"):
            self.request(self.bundle(APP), release=None)
        with self.assertRaisesRegex(UsageError, "allowed: null"):
            self.request(self.bundle(None))

    def test_who_asked_is_kept_with_the_plan_and_changes_no_name(self) -> None:
        bundle = self.bundle(APP)
        plans = [
            make_plan(self.context, bundle, self.request(bundle, author=author))
            for author in (None, {"who": "ann@desk", "commit": "c0ffee+"}, {"who": "bob", "commit": None})
        ]
        self.assertEqual(len({plan.key for plan in plans}), 1)
        for plan in plans:
            plan.folder.mkdir(parents=True, exist_ok=True)
            plan.save()
            self.assertEqual(Plan.load(self.paths, plan.key).author, plan.author)
        self.assertEqual([plan.author.who for plan in plans], [None, "ann@desk", "bob"])

    def test_refuses_an_author_that_would_break_a_line(self) -> None:
        for author in ("ann", {"who": "a\nb"}, {"who": "x" * 201}, {"commit": 7}):
            with self.subTest(author), self.assertRaisesRegex(UsageError, "input.author"):
                self.request(self.bundle(APP), author=author)

    def test_a_release_comes_with_its_archives(self) -> None:
        for name in ("archive", "wheels"):
            with self.assertRaisesRegex(UsageError, f"input.{name}: got null"):
                self.request(self.bundle(APP), **{name: None})

    def test_refuses_secret_names_that_are_paths(self) -> None:
        with self.assertRaisesRegex(UsageError, "input.secrets: got ../x"):
            self.request(self.bundle(APP), secrets={"../x": "value"})

    def test_messages_about_secrets_do_not_hold_their_values(self) -> None:
        with self.assertRaises(UsageError) as caught:
            self.request(self.bundle(APP), secrets={"name": ["planted"]})
        self.assertNotIn("planted", caught.exception.message)

    def test_equal_inputs_have_equal_names(self) -> None:
        first, second = self.plan(secrets={"a": "1", "b": "2"}), self.plan(secrets={"b": "2", "a": "1"})
        self.assertEqual(first.result(), second.result())

    def test_each_input_changes_the_key(self) -> None:
        certificate = {**FILES_SECRET, "content": "cert"}
        keys = {
            self.plan().key,
            self.plan(release="ba9876543210").key,
            self.plan(secrets={"a": "1"}).key,
            self.plan(secretFiles=[certificate]).key,
            self.plan(secretFiles=[{**certificate, "mode": "0600"}]).key,
            self.plan(self.bundle({**APP, "probes": 9})).key,
        }
        self.assertEqual(len(keys), 6)

    def test_settings_and_secrets_change_the_revision_and_other_files_do_not(self) -> None:
        revision = self.plan().revision
        self.assertNotEqual(self.plan(secrets={"a": "1"}).revision, revision)
        settings = self.bundle(APP, {**FILES, "/opt/portico/revision/environment": 'A="c"\n'})
        self.assertNotEqual(self.plan(settings).revision, revision)
        nginx = self.bundle(APP, {**FILES, "/etc/portico/nginx/nginx.conf": "events { }\n"})
        self.assertEqual(self.plan(nginx).revision, revision)

    def test_a_changed_unit_of_the_slot_changes_the_revision(self) -> None:
        value = description(FILES, APP)
        value["files"][0]["effect"] = "appUnit"
        changed = Bundle.open(write_bundle(self.root / "home/portico/web-2.pyz", value, FILES))
        self.assertNotEqual(self.plan(changed).revision, self.plan().revision)

    def test_names_do_not_give_secrets_away_to_whoever_tries_values(self) -> None:
        """Another host, with another key, has other names for the same inputs."""
        here = self.plan(secrets={"a": "1"})
        (self.paths.state / "fingerprint.key").unlink()
        there = self.plan(secrets={"a": "1"})
        self.assertNotEqual((here.key, here.revision), (there.key, there.revision))

    def test_a_plan_comes_back_as_it_was_saved(self) -> None:
        plan = self.plan(secretFiles=[{**FILES_SECRET, "content": "cert"}])
        plan.folder.mkdir(parents=True)
        plan.save()
        loaded = Plan.load(self.paths, plan.key)
        self.assertEqual((loaded.result(), loaded.files), (plan.result(), plan.files))
        self.assertNotIn("cert", json.dumps((plan.folder / "plan.json").read_text()))


FILES_SECRET = {
    "path": "/etc/portico/tls/server.crt",
    "mode": "0644",
    "owner": "root",
    "group": "root",
    "effect": "nginx",
}


if __name__ == "__main__":
    unittest.main()
