import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorPages } from "../../lib/hostFiles/nginx/errorPages";
import { baselineSettings } from "../support/baseline";
import { temporaryFolders } from "../support/temporaryFolder";

const newFolder = temporaryFolders();

const pagesOf = (folder: string | null) =>
  Object.fromEntries(
    errorPages(baselineSettings({ site: { errorPages: folder } })).map(({ path, content }) => [
      path.slice("/etc/portico/nginx/pages/".length),
      content,
    ]),
  );

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = newFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

test("pages of one's own take the place of those of Portico, 503.html for all that is unavailable; others stay", () => {
  const own = pagesOf(folderWith({ "404.html": "<p>gone</p>", "503.html": "<p>später</p>", "notes.txt": "mine" }));
  const former = pagesOf(null);
  expect(own).toEqual({ ...former, "404.html": "<p>gone</p>", "unavailable.html": "<p>später</p>" });
});

describe("refused, before anything is touched, with what is wrong told at once, is a folder", () => {
  const message = (folder: string) => () => pagesOf(folder);

  test("that is not there, or holds no page", () => {
    expect(message("/nowhere")).toThrow(
      'portico:site.errorPages: got "/nowhere"; allowed: a folder with at least one of them (404.html, 413.html, 414.html, 429.html, 431.html, 503.html); make it, or remove the setting',
    );
    expect(message(folderWith({ "notes.txt": "" }))).toThrow("a folder with at least one of them");
  });

  test("with another name, a page that is too large, or in no UTF-8", () => {
    const folder = folderWith({
      "500.html": "",
      "404.html": Buffer.from([0xff]),
      "429.html": "x".repeat(64 * 1024 + 1),
      "413.html": "x".repeat(64 * 1024),
    });
    mkdirSync(join(folder, "414.html"));
    expect(message(folder)).toThrow("4 settings are wrong");
    for (const part of ["500.html", "pages in UTF-8", "pages of 64 KiB at most", "files (404.html"])
      expect(message(folder)).toThrow(part);
    expect(message(folder)).not.toThrow('413.html"');
  });
});
