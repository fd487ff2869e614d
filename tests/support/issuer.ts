import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface IssueOptions {
  /** Who signs; itself when absent. */
  by?: string;
  authority?: boolean;
  /** Alternative names, and IPv4 addresses. */
  names?: readonly string[];
  /** Subject; the name of its files when absent. */
  subject?: string;
  /** More extensions, as OpenSSL writes them. */
  extensions?: readonly string[];
  /** Key as `openssl req -newkey` takes it. */
  key?: readonly string[];
  /** Validity as OpenSSL writes it; from an hour ago for two days when absent. */
  from?: Date;
  to?: Date;
}

export const p256 = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

const hour = 3_600_000;

/** Makes certificates of every kind in a folder: `NAME.crt` and `NAME.key`. */
export class Issuer {
  constructor(readonly folder: string) {
    writeFileSync(join(folder, "index"), "");
    writeFileSync(join(folder, "ca.conf"), configuration);
  }

  issue(name: string, options: IssueOptions = {}): string {
    const { by, authority, names, subject, extensions, key, from, to } = { ...usual(name), ...options };
    const alternative = names.length > 0 ? [`subjectAltName=${names.map(alternativeName).join(",")}`] : [];
    writeFileSync(
      join(this.folder, "extensions"),
      [`basicConstraints=critical,CA:${authority ? "TRUE" : "FALSE"}`, ...alternative, ...extensions].join("\n"),
    );
    this.openssl([
      "req",
      "-new",
      "-newkey",
      ...key,
      "-nodes",
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
      "-subj",
      `/CN=${subject}`,
    ]);
    const signer =
      by === name ? ["-selfsign", "-keyfile", `${name}.key`] : ["-cert", `${by}.crt`, "-keyfile", `${by}.key`];
    const dates = ["-startdate", stamp(from), "-enddate", stamp(to)];
    this.openssl([
      "ca",
      "-batch",
      "-config",
      "ca.conf",
      "-notext",
      "-in",
      `${name}.csr`,
      "-out",
      `${name}.crt`,
      "-extfile",
      "extensions",
      ...signer,
      ...dates,
    ]);
    return join(this.folder, `${name}.crt`);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** A file of the folder; certificates of several names one after another when given as names. */
  write(name: string, content: string | readonly string[]): string {
    const file = join(this.folder, name);
    writeFileSync(
      file,
      typeof content === "string" ? content : content.map((each) => this.read(`${each}.crt`)).join(""),
    );
    return file;
  }

  private openssl(words: readonly string[]): void {
    execFileSync("openssl", words, { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
  }
}

function alternativeName(name: string): string {
  return /^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`;
}

function usual(name: string): Required<IssueOptions> {
  return {
    by: name,
    authority: false,
    names: [],
    subject: name,
    extensions: [],
    key: p256,
    from: new Date(Date.now() - hour),
    to: new Date(Date.now() + 48 * hour),
  };
}

const configuration = `
[ca]
default_ca = issuer
[issuer]
database = index
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
`;

function stamp(date: Date): string {
  return date
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:T]/g, "");
}
