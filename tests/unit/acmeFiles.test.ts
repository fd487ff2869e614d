import { balancerFiles } from "../../lib/hostFiles/balancer";
import { baselinePlan, baselineSettings, contentOf, directives } from "../support/baseline";
import { Issuer } from "../support/issuer";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
const nginx = "/etc/portico/nginx";

function edge(overrides: Record<string, unknown> = {}, plan = baselinePlan("debian-13")) {
  const files = balancerFiles(baselineSettings(overrides), plan);
  return { files, paths: files.map(({ path }) => path), lines: (path: string) => directives(contentOf(files, path)) };
}

describe("a balancer that orders its certificate", () => {
  const acme = { site: { domains: ["shop.example", "www.shop.example"], certificate: "acme" } };
  const place = "/etc/portico/acme";

  test("says which, from whom, and to whom the authority may write", () => {
    const own = edge({ site: { ...acme.site, acme: { email: "operator@shop.example" } } });
    expect(JSON.parse(contentOf(own.files, `${place}/order.json`))).toEqual({
      directory: "https://acme-v02.api.letsencrypt.org/directory",
      names: acme.site.domains,
    });
    expect(own.lines(`${place}/certbot.ini`)).toEqual(
      expect.arrayContaining([
        "server = https://acme-v02.api.letsencrypt.org/directory",
        "email = operator@shop.example",
        "http-01-address = 127.0.0.1",
        "http-01-port = 8402",
      ]),
    );
    expect(edge(acme).lines(`${place}/certbot.ini`)).toContain("register-unsafely-without-email = True");
  });

  test("passes proofs on over plain HTTP, and has its clock started; a reload follows from the first alone", () => {
    const { files, lines } = edge(acme);
    const effects = Object.fromEntries(files.map(({ path, effect }) => [path, effect]));
    expect(effects).toMatchObject({
      [`${nginx}/edge/challenge.conf`]: "nginx",
      [`${place}/order.json`]: "none",
      [`${place}/certbot.ini`]: "none",
      "/etc/systemd/system/portico-certify.timer": "systemd",
      "/etc/systemd/system/portico-certify.service": "systemd",
      "/etc/systemd/system/portico-certbot.service": "systemd",
    });
    expect(lines(`${nginx}/sites/edge.conf`)).toContain("include edge/challenge.conf;");
  });

  test("believes a directory by its own authorities where the settings name them", () => {
    const folder = makeFolder();
    const issuer = new Issuer(folder);
    issuer.issue("root", { authority: true });
    const { files, lines } = edge({ site: { ...acme.site, acme: { trustFile: `${folder}/root.crt` } } });
    expect(contentOf(files, `${place}/trust.pem`)).toBe(issuer.read("root.crt"));
    const variable = "Environment=REQUESTS_CA_BUNDLE=/etc/portico/acme/trust.pem";
    expect(lines("/etc/systemd/system/portico-certbot.service")).toContain(variable);
    expect(edge(acme).lines("/etc/systemd/system/portico-certbot.service")).not.toContain(variable);
    expect(() => edge({ site: { ...acme.site, acme: { trustFile: `${folder}/none.crt` } } })).toThrow(
      /site\.acme\.trustFile: got ".*none\.crt"; allowed: a file that can be read/,
    );
  });

  test.each(["private", "self-signed"])("is none by the word %s", (certificate) => {
    const { paths, lines } = edge({ site: { certificate } });
    expect(paths.filter((path) => /acme|certify|certbot|challenge/.test(path))).toEqual([]);
    expect(lines(`${nginx}/sites/edge.conf`).join()).not.toContain("challenge");
  });
});
