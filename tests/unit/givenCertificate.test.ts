import { matchingKey } from "../../components/certificates/givenCertificate";
import { readGivenCertificate, withChain } from "../../lib/certificates/givenCertificate";
import { parseSettings, SettingsError } from "../../lib/settings";
import { Issuer } from "../support/issuer";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
const none = parseSettings({ app: { module: "shop.web:app" } }).site;
const domains = ["shop.example.org", "www.example.org"];
const day = 86_400_000;
let issuer: Issuer;

beforeAll(() => {
  issuer = new Issuer(makeFolder());
  issuer.issue("root", { authority: true });
  issuer.issue("upper", { by: "root", authority: true });
  issuer.issue("lower", { by: "upper", authority: true });
  issuer.issue("leaf", { by: "lower", names: domains });
});

interface Given {
  target?: "local" | "hosts" | "aws";
  leafFile?: string;
  chainFile?: string | null;
  domains?: readonly string[];
  now?: Date;
}

const path = (name: string) => `${issuer.folder}/${name}`;

function read({ target = "aws", leafFile = path("leaf.crt"), chainFile = null, domains: names = domains, now }: Given) {
  const site = { ...none, domains: names, certificate: "given", givenCertificate: { leafFile, chainFile } } as const;
  return readGivenCertificate({ target, site }, now);
}

/** The message of a reading that must fail. */
function refusal(given: Given): string {
  try {
    read(given);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a given certificate", () => {
  it("is none when the settings name none", () => {
    expect(readGivenCertificate({ target: "aws", site: { ...none, domains } })).toBeUndefined();
  });

  it("is taken alone, and with the authorities between it and the root, which may be there or not", () => {
    expect(read({})).toEqual({ leaf: issuer.read("leaf.crt"), chain: undefined });
    expect(read({ chainFile: issuer.write("short.crt", ["lower", "upper"]) })!.chain).toBe(
      issuer.read("lower.crt") + issuer.read("upper.crt"),
    );
    expect(read({ chainFile: issuer.write("long.crt", ["lower", "upper", "root"]) })!.chain).toMatch(
      issuer.read("root.crt"),
    );
  });

  it("loses stray blanks, other line ends and words between the certificates", () => {
    const messy = `Bag Attributes\r\n${issuer.read("leaf.crt").replaceAll("\n", "  \r\n")}\r\n`;
    expect(read({ leafFile: issuer.write("messy.crt", messy) })!.leaf).toBe(issuer.read("leaf.crt"));
  });

  it("is sent with its chain behind it", () => {
    expect(withChain({ leaf: "leaf\n", chain: "chain\n" })).toBe("leaf\nchain\n");
    expect(withChain({ leaf: "leaf\n", chain: undefined })).toBe("leaf\n");
  });

  it("covers names by a wildcard", () => {
    issuer.issue("wild", { by: "lower", names: ["*.example.org"] });
    expect(read({ leafFile: path("wild.crt") })).toBeDefined();
    expect(refusal({ leafFile: path("wild.crt"), domains: ["a.b.example.org"] })).toContain("a.b.example.org missing");
  });
});

describe("is refused", () => {
  it("when a file cannot be read, holds no certificate, or a damaged one", () => {
    expect(refusal({ leafFile: path("nothing.crt") })).toMatch(
      /portico:site\.givenCertificate\.leafFile: got ".*nothing\.crt"; allowed: a file that can be read.*ENOENT/,
    );
    expect(refusal({ chainFile: issuer.write("empty.crt", "") })).toMatch(
      /site\.givenCertificate\.chainFile: got ".*empty\.crt, without a certificate"/,
    );
    const damaged = issuer.read("leaf.crt").replace(/.{8}\n-----END/, "\n-----END");
    expect(refusal({ leafFile: issuer.write("damaged.crt", damaged) })).toContain("damaged.crt, certificate 1");
  });

  it("when the file brings a private key, which is not shown", () => {
    const message = refusal({
      leafFile: issuer.write("with-key.crt", issuer.read("leaf.crt") + issuer.read("leaf.key")),
    });
    expect(message).toContain("with a private key");
    expect(message).not.toContain(issuer.read("leaf.key").split("\n")[1]);
  });

  it("when the leaf file holds the chain too", () => {
    expect(refusal({ leafFile: issuer.write("both.crt", ["leaf", "lower"]) })).toMatch(
      /leafFile: got "2 certificates"; allowed: one certificate alone/,
    );
  });

  it("when it is an authority", () => {
    issuer.issue("authority", { authority: true, names: domains });
    expect(refusal({ leafFile: path("authority.crt") })).toContain(
      'got "an authority (CN=authority)"; allowed: the certificate of a server',
    );
  });

  it("when a name of the site is missing, also when only the subject has it", () => {
    issuer.issue("shop.example.org", { by: "lower", names: ["www.example.org"] });
    expect(refusal({ leafFile: path("shop.example.org.crt") })).toMatch(
      /got "DNS:www\.example\.org"; allowed: .*; shop\.example\.org missing; have it issued/,
    );
    issuer.issue("www.example.org", { by: "lower" });
    expect(refusal({ leafFile: path("www.example.org.crt"), domains: ["www.example.org"] })).toContain(
      'got "no alternative names"',
    );
  });

  it("before its time and after it, and when that is so of its chain", () => {
    expect(refusal({ now: new Date(Date.now() - day) })).toMatch(/leafFile: got "CN=leaf, valid from /);
    expect(refusal({ now: new Date(Date.now() + 3 * day) })).toMatch(/leafFile: got "CN=leaf, valid to .*renew it/);
    issuer.issue("old", { by: "root", authority: true, to: new Date(Date.now() - 1000) });
    issuer.issue("under-old", { by: "old", names: domains });
    expect(refusal({ leafFile: path("under-old.crt"), chainFile: path("old.crt") })).toMatch(
      /chainFile: got "CN=old, valid to /,
    );
  });

  const keys = {
    ed25519: ["ed25519"],
    small: ["rsa:1024"],
    odd: ["rsa:2432"],
    p521: ["ec", "-pkeyopt", "ec_paramgen_curve:secp521r1"],
  };
  it.each(Object.entries(keys))(
    "on target aws when its key is of a kind that a balancer does not take: %s",
    (name, key) => {
      issuer.issue(name, { by: "lower", names: domains, key });
      expect(refusal({ leafFile: path(`${name}.crt`) })).toContain(
        "RSA with 2048, 3072 or 4096 bits, or ECDSA on P-256 or P-384",
      );
      expect(read({ leafFile: path(`${name}.crt`), target: "hosts" })).toBeDefined();
    },
  );

  it.each(Object.entries({ rsa: ["rsa:2048"], p384: ["ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"] }))(
    "but not for a key of %s",
    (name, key) => {
      issuer.issue(name, { by: "lower", names: domains, key });
      expect(read({ leafFile: path(`${name}.crt`) })).toBeDefined();
    },
  );

  it.each([
    ["is in another order", ["upper", "lower"], "CN=upper in place 1", "does not certify the certificate itself"],
    [
      "starts with the root",
      ["root", "lower", "upper"],
      "CN=root in place 1",
      "does not certify the certificate itself",
    ],
    ["has a gap", ["lower", "root"], "CN=root in place 2", "does not certify number 1 in the file"],
    [
      "has the root in the middle",
      ["lower", "upper", "root", "lower"],
      "CN=lower in place 4",
      "does not certify number 3 in the file",
    ],
    [
      "begins with the certificate itself",
      ["leaf", "lower"],
      "the certificate itself in place 1",
      "intermediates alone",
    ],
    [
      "ends with the certificate itself",
      ["lower", "upper", "leaf"],
      "the certificate itself in place 3",
      "intermediates alone",
    ],
  ])("when its chain %s", (_, order, value, allowed) => {
    const message = refusal({ chainFile: issuer.write("chain.crt", order) });
    expect(message).toContain(`site.givenCertificate.chainFile: got "${value}"`);
    expect(message).toContain(allowed);
  });

  it("when an authority of the same name, but with another key, stands in its chain", () => {
    const other = new Issuer(makeFolder());
    other.issue("lower", { authority: true });
    expect(refusal({ chainFile: `${other.folder}/lower.crt` })).toContain("CN=lower in place 1");
  });

  it("with all that is wrong at once", () => {
    const message = refusal({
      domains: ["other.example.org"],
      chainFile: path("root.crt"),
      now: new Date(Date.now() + 3 * day),
    });
    expect(message).toMatch(/^3 settings are wrong, nothing was changed:/);
  });
});

describe("the key of a given certificate", () => {
  it("is brought into one form, whatever form it came in", () => {
    const key = issuer.read("leaf.key");
    const other = key.replaceAll("\n", "\r\n");
    expect(matchingKey(other, issuer.read("leaf.crt"))).toBe(matchingKey(key, issuer.read("leaf.crt")));
    expect(matchingKey(key, issuer.read("leaf.crt"))).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it.each([
    ["of another certificate", () => issuer.read("root.key"), "the key of another certificate (not shown)"],
    ["that is none", () => "correct horse battery staple", "a text that is no private key (not shown)"],
  ])("is refused when it is one %s, and not shown", (_, key, value) => {
    const attempt = () => matchingKey(key(), issuer.read("leaf.crt"));
    expect(attempt).toThrow(
      `portico:certificateKey: got "${value}"; allowed: the private key of the given certificate`,
    );
    expect(attempt).not.toThrow(key().split("\n").at(-2) ?? key());
  });
});
