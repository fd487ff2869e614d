import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundle, type BundleDescription, type BundleOptions } from "../../../lib/bundle";
import { sha256 } from "../../../lib/base/digest";
import type { HostFile } from "../../../lib/hostFiles/hostFile";
import { platforms } from "../../../lib/hosts/platforms";
import { writeFiles } from "../../support/sampleApp";
import { temporaryFolders } from "../../support/temporaryFolder";

const newFolder = temporaryFolders();

const program = {
  "__main__.py": "from portico_host.__main__ import main\n\nraise SystemExit(main())\n",
  "portico_host/__init__.py": "",
  "portico_host/__main__.py":
    "import sys, json, zipfile\n\ndef main():\n    print(json.loads(zipfile.ZipFile(sys.path[0]).read('bundle.json'))['role'], sys.argv[1])\n    return 3\n",
  "portico_host/parts/names.json": "{}",
  "portico_host/parts/one.py": "one = 1\n",
};
const litter = {
  "portico_host/__pycache__/a.py": "",
  "portico_host/tests/test_a.py": "",
  "portico_host/notes.txt": "",
  "tests/test_b.py": "",
};

const hostFile = (path: string, content: string, more: Partial<HostFile> = {}): HostFile => ({
  path,
  content,
  mode: "0644",
  owner: "root",
  group: "root",
  effect: "nginx",
  ...more,
});
const files = [
  hostFile("/etc/portico/nginx/nginx.conf", "events {}\n"),
  hostFile("/etc/sysctl.d/60-portico.conf", "größe\n", { mode: "0600", effect: "sysctl" }),
];

const description: BundleDescription = {
  platform: platforms["debian-13"],
  packages: ["nginx"],
  maskedUnits: ["nginx.service"],
  enabledUnits: ["portico-nginx.service"],
  health: {
    url: "https://127.0.0.1:8443/healthz",
    serverName: "web.portico.internal",
    expect: 200,
    certificate: "/etc/portico/tls/server.crt",
  },
  site: null,
  listens: { ports: [8443], onlyOnes: true },
  app: null,
};

function setUp() {
  const [programFolder, outputFolder] = [newFolder(), newFolder()];
  writeFiles(programFolder, { ...program, ...litter });
  const build = (more: Partial<BundleOptions> = {}) =>
    buildBundle({ role: "web", programFolder, files, description, outputFolder, ...more });
  return { programFolder, outputFolder, build };
}

const members = (path: string): string[] =>
  JSON.parse(
    execFileSync(
      "python3",
      [
        "-c",
        "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps(z.namelist()))",
        path,
      ],
      { encoding: "utf8" },
    ),
  );
const member = (path: string, name: string) =>
  execFileSync(
    "python3",
    ["-c", "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))", path, name],
    { encoding: "utf8" },
  );

describe("a bundle", () => {
  test("holds the program, its description and the rendered files, and none of the program's tests", async () => {
    const { path } = await setUp().build();
    expect(members(path)).toEqual([
      "__main__.py",
      "bundle.json",
      "portico_host/__init__.py",
      "portico_host/__main__.py",
      "portico_host/parts/names.json",
      "portico_host/parts/one.py",
      "tree/etc/portico/nginx/nginx.conf",
      "tree/etc/sysctl.d/60-portico.conf",
    ]);
    expect(member(path, "tree/etc/sysctl.d/60-portico.conf")).toBe("größe\n");
  });

  test("is the same bytes at any time and in any time zone", async () => {
    const builds = ["2026-01-01T00:00:00Z", "2031-07-01T12:34:56Z"].map((now) => async () => {
      jest.useFakeTimers({
        now: new Date(now),
        doNotFake: [
          "hrtime",
          "nextTick",
          "performance",
          "queueMicrotask",
          "setImmediate",
          "clearImmediate",
          "setInterval",
          "clearInterval",
          "setTimeout",
          "clearTimeout",
        ],
      });
      try {
        return (await setUp().build()).sha256;
      } finally {
        jest.useRealTimers();
      }
    });
    const first = await builds[0]!();
    expect(await builds[1]!()).toBe(first);
  });

  test("describes each file by owner, mode, effect and hash, but not by content", async () => {
    const manifest = JSON.parse(member((await setUp().build({ files: [...files].reverse() })).path, "bundle.json"));
    expect(manifest).toMatchObject({
      format: 1,
      role: "web",
      packages: ["nginx"],
      app: null,
      platform: { id: "debian-13", python: "3.13" },
    });
    expect(manifest.files).toEqual([
      {
        path: "/etc/portico/nginx/nginx.conf",
        mode: "0644",
        owner: "root",
        group: "root",
        effect: "nginx",
        sha256: sha256("events {}\n"),
      },
      {
        path: "/etc/sysctl.d/60-portico.conf",
        mode: "0600",
        owner: "root",
        group: "root",
        effect: "sysctl",
        sha256: sha256("größe\n"),
      },
    ]);
  });

  test("runs as one isolated program, and passes on its exit code", async () => {
    const { path } = await setUp().build({ role: "edge" });
    const run = spawnSync("python3", ["-I", path, "status"], { encoding: "utf8" });
    expect([run.status, run.stdout, run.stderr]).toEqual([3, "edge status\n", ""]);
  });

  test("is named for its role and its bytes", async () => {
    const { name, path, sha256: digest } = await setUp().build();
    expect(sha256(readFileSync(path))).toBe(digest);
    expect(name).toBe(`web-${digest.slice(0, 12)}.pyz`);
    expect(path.endsWith(`/${name}`)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("has the same bytes from another folder, at another time, in another time zone and order", async () => {
    const [one, two] = [setUp(), setUp()];
    utimesSync(join(two.programFolder, "__main__.py"), 1, 1);
    const first = await one.build();
    const zone = process.env.TZ;
    process.env.TZ = "Pacific/Kiritimati";
    const second = await two.build({ files: [...files].reverse() });
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    expect(second.sha256).toBe(first.sha256);
    expect(readFileSync(second.path).equals(readFileSync(first.path))).toBe(true);
  });

  test("is another one after a change of a file, of its mode, of the program or of the description", async () => {
    const { programFolder, build } = setUp();
    const digests = [
      (await build()).sha256,
      (await build({ files: files.slice(1) })).sha256,
      (await build({ files: [{ ...files[0]!, mode: "0640" }, files[1]!] })).sha256,
      (await build({ description: { ...description, packages: [] } })).sha256,
    ];
    writeFiles(programFolder, { "portico_host/parts/one.py": "one = 2\n" });
    digests.push((await build()).sha256);
    expect(new Set(digests).size).toBe(5);
  });

  test("pushes out old ones of its role only", async () => {
    const { outputFolder, build } = setUp();
    const old = Array.from({ length: 11 }, (_, index) => `${index < 10 ? "web" : "edge"}-00000000000${index % 10}.pyz`);
    old.forEach((name, index) => {
      writeFileSync(join(outputFolder, name), "");
      utimesSync(join(outputFolder, name), 100 - index, 100 - index);
    });
    const { name } = await build();
    expect(readdirSync(outputFolder).sort()).toEqual([...old.filter((each) => each !== old[9]), name].sort());
  });
});

describe("a bundle is refused", () => {
  test.each(["etc/x", "/etc/../x", "/etc//x", "/etc/x/", "/etc/./x"])("with a file at %s", async (path) => {
    await expect(setUp().build({ files: [hostFile(path, "")] })).rejects.toThrow(
      `${path}: got a path of a host file that is not plain`,
    );
  });

  test("with two files of one path", async () => {
    await expect(setUp().build({ files: [files[0]!, files[0]!] })).rejects.toThrow(
      "/etc/portico/nginx/nginx.conf: got two files",
    );
  });

  test("without its program", async () => {
    const empty = newFolder();
    await expect(setUp().build({ programFolder: empty })).rejects.toThrow(`${empty}: got ENOENT`);
  });
});
