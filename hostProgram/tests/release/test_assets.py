import gzip
import json
import os

from portico_host.release import assets
from portico_host.release.releases import Release
from support import HostCase, printed

LONG = "body { color: black; }\n" * 40


class AssetsTest(HostCase):
    def release(self, release_id: str, static: str | None = "static", **files: str) -> Release:
        """A complete release with static files: name=content, `__` for a slash and `_` for a dot."""
        release = Release(self.context, release_id)
        folder = release.folder / "app" / (static or "")
        for name, content in files.items():
            place = folder / name.replace("__", "/").replace("_", ".")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
        folder.mkdir(parents=True, exist_ok=True)
        (release.folder / "release.json").write_text(json.dumps({"id": release_id, "staticFolder": static}))
        return release

    def publish(self, release: Release) -> str:
        with printed() as text:
            assets.publish(self.context, release)
        return text.getvalue()

    def published(self) -> list[str]:
        top = self.paths.assets
        return sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file())

    def test_publishes_files_with_a_compressed_companion_where_it_helps(self) -> None:
        self.publish(self.release("r1", app_css=LONG, small_css="a{}", photo_png=LONG, deep__app_js=LONG))
        self.assertEqual(
            self.published(),
            ["app.css", "app.css.gz", "deep/app.js", "deep/app.js.gz", "photo.png", "small.css"],
        )
        self.assertEqual(gzip.decompress((self.paths.assets / "app.css.gz").read_bytes()).decode(), LONG)

    def test_everybody_may_read_and_nobody_write(self) -> None:
        self.publish(self.release("r1", app_css=LONG))
        for name in self.published():
            self.assertEqual((self.paths.assets / name).stat().st_mode & 0o777, 0o644)

    def test_equal_content_is_equal_on_every_host_down_to_the_entity_tag(self) -> None:
        self.publish(self.release("r1", app_css=LONG))
        first = [(name, (self.paths.assets / name).read_bytes(), self.time(name)) for name in self.published()]
        for name in self.published():
            (self.paths.assets / name).unlink()
        self.publish(self.release("r1", app_css=LONG))
        self.assertEqual(
            first, [(name, (self.paths.assets / name).read_bytes(), self.time(name)) for name in self.published()]
        )

    def test_changed_content_has_another_time_even_when_its_size_is_the_same(self) -> None:
        self.publish(self.release("r1", app_css=LONG))
        before = self.time("app.css"), self.time("app.css.gz")
        self.publish(self.release("r2", app_css=LONG.replace("black", "white")))
        self.assertNotEqual(before[0], self.time("app.css"))
        self.assertNotEqual(before[1], self.time("app.css.gz"))

    def test_the_same_again_writes_nothing(self) -> None:
        release = self.release("r1", app_css=LONG)
        self.assertIn("published 1 static files", self.publish(release))
        self.assertEqual(self.publish(release), "")

    def test_a_companion_that_no_longer_fits_goes(self) -> None:
        self.publish(self.release("r1", app_css=LONG))
        self.publish(self.release("r2", app_css="a{}"))
        self.assertEqual(self.published(), ["app.css"])

    def test_a_killed_publication_is_finished_by_the_next(self) -> None:
        release = self.release("r1", app_css=LONG)
        self.publish(release)
        (self.paths.assets / "app.css").unlink()
        (self.paths.assets / "app.css.gz").write_bytes(b"stale")
        self.publish(release)
        self.assertEqual(gzip.decompress((self.paths.assets / "app.css.gz").read_bytes()).decode(), LONG)

    def test_follows_no_links_out_of_the_static_folder(self) -> None:
        release = self.release("r1", app_css=LONG)
        os.symlink("/etc/passwd", release.folder / "app/static/passwd")
        self.publish(release)
        self.assertEqual(self.published(), ["app.css", "app.css.gz"])

    def test_a_release_without_static_files_is_fine(self) -> None:
        self.publish(self.release("r1", static=None))
        self.assertFalse(self.paths.assets.exists())

    def test_drops_what_no_retained_release_has(self) -> None:
        first = self.release("r1", app_css=LONG, old__gone_js=LONG, shared_js=LONG)
        second = self.release("r2", new_css=LONG, shared_js=LONG)
        self.publish(first)
        self.publish(second)
        assets.drop_others(self.context, [second])
        self.assertEqual(self.published(), ["new.css", "new.css.gz", "shared.js", "shared.js.gz"])
        self.assertFalse((self.paths.assets / "old").exists())

    def test_keeps_the_files_of_all_retained_releases(self) -> None:
        first, second = self.release("r1", a_css=LONG), self.release("r2", b_css=LONG)
        self.publish(first)
        self.publish(second)
        assets.drop_others(self.context, [first, second])
        self.assertEqual(self.published(), ["a.css", "a.css.gz", "b.css", "b.css.gz"])

    def time(self, name: str) -> float:
        return (self.paths.assets / name).stat().st_mtime
