import json
import tempfile
import unittest
from pathlib import Path

from portico_sample import APPLICATION_FOLDER, create_app
from portico_sample.assets import load_assets


class Assets(unittest.TestCase):
    def address(self, manifest: dict[str, str] | None, name: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            if manifest is not None:
                Path(folder, "manifest.json").write_text(json.dumps(manifest))
            asset = load_assets(Path(folder))
        with create_app("unused").test_request_context():
            return asset(name)

    def test_uses_the_hashed_name_of_the_manifest(self):
        self.assertEqual(self.address({"app.css": "app.1a2b3c4d.css"}, "app.css"), "/static/app.1a2b3c4d.css")

    def test_uses_the_plain_name_without_one(self):
        self.assertEqual(self.address(None, "app.css"), "/static/app.css")
        self.assertEqual(self.address({}, "app.css"), "/static/app.css")

    def test_style_sheet_refers_to_no_file_whose_name_would_change(self):
        self.assertNotIn("url(", (APPLICATION_FOLDER / "static/app.css").read_text())


if __name__ == "__main__":
    unittest.main()
