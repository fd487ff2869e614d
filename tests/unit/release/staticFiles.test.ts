import { contentEntry } from "../../../lib/release/archive";
import { hashStaticFiles } from "../../../lib/release/staticFiles";
import { sha256 } from "../../../lib/base/digest";

const digits = (content: string) => sha256(content).slice(0, 8);
const entriesOf = (files: Record<string, string>) =>
  Object.entries(files).map(([path, content]) => contentEntry(path, content));
const hashed = (files: Record<string, string>, folder = "static") => {
  const { added, faults } = hashStaticFiles(entriesOf(files), folder);
  const manifest = added.find(({ path }) => path === `${folder}/manifest.json`);
  return { faults, paths: added.map(({ path }) => path), names: manifest && JSON.parse(String(manifest.source)) };
};

describe("static files", () => {
  test("get a copy whose name carries eight digits of their hash, and a manifest of names", () => {
    const { paths, names, faults } = hashed({
      "static/app.css": "a",
      "static/img/logo.min.svg": "b",
      "static/LICENSE": "c",
      "shop/app.py": "d",
      "static2/x.css": "e",
    });
    expect(faults).toEqual([]);
    expect(names).toEqual({
      LICENSE: `LICENSE.${digits("c")}`,
      "app.css": `app.${digits("a")}.css`,
      "img/logo.min.svg": `img/logo.min.${digits("b")}.svg`,
    });
    expect(paths).toEqual([
      `static/app.${digits("a")}.css`,
      `static/img/logo.min.${digits("b")}.svg`,
      `static/LICENSE.${digits("c")}`,
      "static/manifest.json",
    ]);
  });

  test("keep a hash that a front-end build gave them", () => {
    const { paths, names } = hashed({
      "static/app.1a2b3c4d.css": "a",
      "static/index-0123456789abcdef.js": "b",
      "static/index-0123456789abcdef.js.map": "c",
    });
    expect(paths).toEqual(["static/manifest.json"]);
    expect(Object.entries<string>(names).every(([plain, name]) => plain === name)).toBe(true);
  });

  test.each(["photo-20260131.jpg", "cafe-facadeff.css", "app.1a2b3c4.css", "x.1a2b3c4d.d/app.css"])(
    "take %s for a name without a hash",
    (name) => {
      expect(hashed({ [`static/${name}`]: "a" }).names[name]).not.toBe(name);
    },
  );

  test("may lie deeper in the application", () => {
    expect(hashed({ "shop/static/app.css": "a" }, "shop/static").names).toEqual({
      "app.css": `app.${digits("a")}.css`,
    });
  });

  test("give the same names in whatever order they come", () => {
    const files = entriesOf({ "static/b": "1", "static/a": "2" });
    const sources = (entries: typeof files) =>
      hashStaticFiles(entries, "static")
        .added.filter(({ path }) => path.endsWith("manifest.json"))
        .map(({ sha256: digest }) => digest);
    expect(sources(files)).toEqual(sources([...files].reverse()));
  });

  test("that were collected before are not copied again", () => {
    const { paths, faults } = hashed({ "static/1.css": "a", [`static/1.${digits("a")}.css`]: "a" });
    expect(faults).toEqual([]);
    expect(paths).toContain("static/manifest.json");
    expect(paths).not.toContain(`static/1.${digits("a")}.css`);
  });

  test("are refused when another content has the name of a copy", () => {
    const { faults } = hashed({ "static/app.css": "a", [`static/app.${digits("a")}.css`]: "other" });
    expect(faults[0]).toMatchObject({ key: "app.staticFolder", value: `static/app.${digits("a")}.css` });
  });

  test("are refused when there are none, or when one is called manifest.json", () => {
    expect(hashed({ "shop/app.py": "" }).faults[0]).toMatchObject({ key: "app.staticFolder", value: "static" });
    expect(hashed({ "static/manifest.json": "{}" }).faults[0]!.remedy).toContain("manifest.webmanifest");
  });
});
