import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { AuthorityStack } from "../support/authorityStack";
import { temporaryFolders } from "../support/temporaryFolder";

jest.setTimeout(180_000);

const makeFolder = temporaryFolders();
const nothing = { created: [], replaced: [], deleted: [] };
const settings = { generation: 1, leafDays: 366, renewDays: 45 };
let stack: AuthorityStack;

beforeAll(async () => {
  stack = new AuthorityStack(makeFolder());
  stack.set(settings);
  await stack.create();
  await stack.up();
});

/** Whether OpenSSL, and so Nginx, believes a certificate by these authorities. */
function believes(believed: string, certificate: string): boolean {
  const folder = makeFolder();
  const [authorities, leaf] = ["ca.crt", "server.crt"].map((name) => path.join(folder, name)) as [string, string];
  writeFileSync(authorities, believed);
  writeFileSync(leaf, certificate);
  try {
    execFileSync(
      "openssl",
      ["verify", "-no-CApath", "-no-CAstore", "-CAfile", authorities, "-verify_hostname", "web.portico.internal", leaf],
      { stdio: "pipe" },
    );
    return true;
  } catch {
    return false;
  }
}

/** What OpenSSL prints of one extension of the first certificate in a text. */
function extension(pem: string, name: string): string {
  const printed = execFileSync("openssl", ["x509", "-noout", "-ext", name], { input: pem, encoding: "utf8" });
  return printed.split("\n").slice(1).join(" ").trim();
}

it("certificates prove what they are for and no more, whatever the program asked the provider for", async () => {
  const { believed, certificate, client } = await stack.outputs();
  const shown = [believed, certificate, client].map((pem) => [
    extension(pem, "keyUsage"),
    extension(pem, "extendedKeyUsage"),
  ]);
  expect(shown).toEqual([
    ["Certificate Sign, CRL Sign", ""],
    ["Digital Signature", "TLS Web Server Authentication"],
    ["Digital Signature", "TLS Web Client Authentication"],
  ]);
  // Without a path length, which the provider cannot make 0: Nginx counts by itself (ADR 0027).
  expect([believed, certificate, client].map((pem) => extension(pem, "basicConstraints"))).toEqual([
    "CA:TRUE",
    "CA:FALSE",
    "CA:FALSE",
  ]);
});

it("a second run plans nothing, nor does one while a certificate has days enough", async () => {
  expect(await stack.plan()).toEqual(nothing);
  await stack.leaveDays("web-1-certificate", 46);
  expect(await stack.plan()).toEqual(nothing);
});

it("a certificate of a host that ends soon is made anew by a plain update, with the same key", async () => {
  await stack.leaveDays("web-1-certificate", 44);
  expect(await stack.plan()).toEqual({ ...nothing, replaced: ["web-1-certificate"] });
  await stack.up();
  expect(await stack.plan()).toEqual(nothing);
});

it("so is that of the authority, and either side believes the other before and after", async () => {
  const before = await stack.outputs();
  await stack.leaveDays("authority-certificate", 899);
  expect(await stack.plan()).toEqual({
    ...nothing,
    replaced: ["authority-certificate", "balancer-client-certificate", "web-1-certificate"],
  });
  await stack.up();
  const after = await stack.outputs();
  expect([believes(before.believed, after.certificate), believes(after.believed, before.certificate)]).toEqual([
    true,
    true,
  ]);
});

it.each([2, 3])(
  "generation %d is believed by hosts that still have the one before, and the other way round; not by others",
  async (generation) => {
    const before = await stack.outputs();
    stack.set({ ...settings, generation });
    await stack.up();
    const after = await stack.outputs();
    expect(after.certificate).not.toBe(before.certificate);
    expect([believes(before.believed, after.certificate), believes(after.believed, before.certificate)]).toEqual([
      true,
      true,
    ]);
    const [oldest] = before.believed.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(believes(oldest!, after.certificate)).toBe(false);
    expect(await stack.plan()).toEqual(nothing);
  },
);
