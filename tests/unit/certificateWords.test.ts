import { certificateKind, parseSettings, requiredCredentials, SettingsError } from "../../lib/settings";
import { packagesOf } from "../../lib/hosts/plan";

const app = { module: "shop.web:app" };
const files = { leafFile: "shop.crt", chainFile: null };
const machine = { name: "one", address: "10.0.0.1", roles: ["web", "balancer"], user: "admin" };
const hosts = { machines: [{ ...machine, hostKey: "ssh-ed25519 AAAA" }] };

function settings(site: Record<string, unknown>, target = "local") {
  return parseSettings({ app, target, site, ...(target === "hosts" ? { hosts } : {}) });
}

function refusal(site: Record<string, unknown>, target = "local"): string {
  try {
    settings(site, target);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("the word for the certificate", () => {
  it("is the target's own where there is none", () => {
    expect(certificateKind(settings({}))).toBe("private");
    expect(certificateKind(settings({ certificate: null }, "hosts"))).toBe("private");
    expect(certificateKind({ ...settings({}), target: "aws" })).toBe("acm");
  });

  it("is given where a stack file of before names files, which need their key then and only then", () => {
    const former = settings({ certificate: files });
    expect(former.site).toMatchObject({ certificate: "given", givenCertificate: files });
    expect(requiredCredentials(former)).toEqual(["certificateKey"]);
    expect(requiredCredentials(settings({ certificate: "private", givenCertificate: files }))).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      "is none of a list",
      { certificate: "public" },
      "local",
      'site.certificate: got "public"; allowed: one of: private',
    ],
    [
      "is another target's",
      { certificate: "acm" },
      "local",
      "allowed: on target local private, self-signed, given, acme",
    ],
    [
      "misses its files",
      { certificate: "given" },
      "hosts",
      "site.givenCertificate: got null; allowed: a group with leafFile",
    ],
    ["is missing beside files", { givenCertificate: files }, "local", "site.certificate: got null; allowed: a word"],
    [
      "is for names that the public does not know",
      { certificate: "acme" },
      "local",
      'site.domains: got "portico.internal"; allowed: public names, which this authority issues for',
    ],
    [
      "is for no name",
      { certificate: "acme", domains: [] },
      "local",
      "site.domains: got []; allowed: at least one name",
    ],
    [
      "has a directory without TLS",
      { acme: { directory: "http://ca.internal/directory" } },
      "local",
      'site.acme.directory: got "http://ca.internal/directory"; allowed: an https address',
    ],
  ])("is refused when it %s", (_what, site, target, message) => {
    expect(refusal(site, target)).toContain(message);
  });

  it("takes names of the house from an authority of the house", () => {
    const { site } = settings({ certificate: "acme", acme: { directory: "https://ca.internal:9000/acme/directory" } });
    expect(site.domains).toEqual(["portico.internal"]);
  });

  it("brings certbot to the balancer alone, and by acme alone", () => {
    const acme = settings({ certificate: "acme", domains: ["shop.example"] });
    expect(packagesOf(["balancer"], acme, false)).toContain("certbot");
    expect(packagesOf(["web", "balancer"], acme, false)).toContain("certbot");
    expect(packagesOf(["web"], acme, false)).not.toContain("certbot");
    expect(packagesOf(["balancer"], settings({}), false)).not.toContain("certbot");
  });
});
