import { existsSync, statSync } from "node:fs";
import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isUnknown, textsOf, type Wire } from "../support/wireValues";

const makeFolder = temporaryFolders();
let recording: Recording;
let preview: Recording;

const nginx = "/etc/portico/nginx";
const onBoth = [
  `${nginx}/nginx.conf`,
  `${nginx}/trust.conf`,
  `${nginx}/tls.conf`,
  "/etc/systemd/system/portico-nginx.service",
];
const onWebAlone = [
  "/opt/portico/revision/gunicorn.conf.py",
  "/opt/portico/revision/environment",
  "/etc/systemd/system/portico-app@.service",
  "/etc/systemd/system/portico-app.socket",
];
const components = ["HostFiles web-files", "HostFiles balancer-files"];

beforeAll(async () => {
  const program = new Program(makeFolder());
  const file = {
    ...readStackFile("dev"),
    "portico:nginx": { keepaliveTimeoutSeconds: 83 },
    "portico:gunicorn": { maxRequests: 1234 },
  };
  recording = await program.run({ file });
  preview = await program.run({ file, preview: true });
});

const filesOf = (label: string, from = recording) => from.get(label).inputs.files as Record<string, string>;

describe("the files of a role, as previews show them", () => {
  it.each(components)("%s are whole texts by absolute path, and nothing else", (label) => {
    const files = filesOf(label);
    expect(Object.keys(recording.get(label).inputs)).toEqual(["files"]);
    expect(Object.keys(files)).toEqual(expect.arrayContaining(onBoth));
    expect(Object.keys(files).filter((path) => !/^\/(etc|opt|usr|var)\/[^\s]+$/.test(path))).toEqual([]);
    for (const [path, content] of Object.entries(files))
      expect({ path, whole: content.endsWith("\n"), holes: /@[a-z][A-Za-z0-9]*@/.test(content) }).toEqual({
        path,
        whole: true,
        holes: false,
      });
  });

  it("differ by role: the application's are on the application hosts alone", () => {
    expect(Object.keys(filesOf("HostFiles web-files"))).toEqual(expect.arrayContaining(onWebAlone));
    expect(
      Object.keys(filesOf("HostFiles balancer-files")).filter(
        (path) => onWebAlone.includes(path) || path.includes("portico-app"),
      ),
    ).toEqual([]);
  });

  it("hold the settings of the stack file", () => {
    for (const label of components)
      expect(filesOf(label)[`${nginx}/nginx.conf`]).toMatch(/^\s*keepalive_timeout 83s?;$/m);
    expect(filesOf("HostFiles web-files")["/opt/portico/revision/gunicorn.conf.py"]).toMatch(/^max_requests = 1234$/m);
  });

  it("name the machines behind the balancer on the balancer alone", () => {
    const upstreams = (label: string) =>
      textsOf(filesOf(label) as Wire).filter(
        ({ text }) => text.includes("10.31.64.11:") && text.includes("10.31.64.12:"),
      );
    expect(upstreams("HostFiles balancer-files")).not.toEqual([]);
    expect(upstreams("HostFiles web-files")).toEqual([]);
  });

  it.each(components)("%s are plain, and known in a preview to the last byte", (label) => {
    const texts = textsOf(preview.get(label).inputs);
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.filter(({ secret, text }) => secret || isUnknown(text))).toEqual([]);
    expect(preview.get(label).inputs).toEqual(recording.get(label).inputs);
  });
});

describe("bundles and the release", () => {
  const copies = [
    "balancer-bundle",
    ...["web-1", "web-2"].flatMap((host) => ["bundle", "release", "wheels"].map((step) => `${host}-${step}`)),
  ];

  it("are there when the preview ends, as files of this computer", () => {
    for (const label of copies) {
      const source = preview.get(label).inputs.source as { path: string };
      expect(existsSync(source.path) && statSync(source.path).size).toBeGreaterThan(0);
      expect(source).toEqual(recording.get(label).inputs.source);
    }
  });

  it("have the names by which the plan calls them", () => {
    const [web, edge] = [recording.get("AppServer web-1").inputs, recording.get("EdgeBalancer balancer").inputs];
    expect(recording.get("web-1-bundle").inputs.remotePath).toBe(`portico/${web.bundle as string}`);
    expect(recording.get("balancer-bundle").inputs.remotePath).toBe(`portico/${edge.bundle as string}`);
    const { remotePath } = recording.get("web-1-release").inputs;
    expect(remotePath).toBe(`portico/application-${web.release as string}.tar.gz`);
    expect(recording.get("ServerFleet web").inputs).toEqual({ release: web.release, hosts: ["web-1", "web-2"] });
  });
});
