import { contract } from "../../lib/base/contract";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostFile } from "../../lib/hostFiles/hostFile";

/** An authority that signs certificates for tests; valid for two days. */
export class TestAuthority {
  private readonly folder = mkdtempSync(join(tmpdir(), "portico-authority-"));
  /** File of the authority's certificate, for clients. */
  readonly certificateFile = join(this.folder, "ca.crt");

  constructor() {
    this.openssl([
      "req",
      "-x509",
      ...newKey,
      "-keyout",
      "ca.key",
      "-out",
      "ca.crt",
      "-days",
      "2",
      "-subj",
      "/CN=Portico test authority",
    ]);
  }

  /** TLS files of a server that answers to these names and addresses: an application host's own, or those of the site. */
  filesFor(names: readonly string[], use: "server" | "site"): HostFile[] {
    const subjects = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(",");
    writeFileSync(join(this.folder, "extensions"), `subjectAltName=${subjects}\nbasicConstraints=CA:FALSE\n`);
    this.openssl(["req", "-new", ...newKey, "-keyout", "server.key", "-out", "server.csr", "-subj", `/CN=${names[0]}`]);
    this.openssl([
      "x509",
      "-req",
      "-in",
      "server.csr",
      "-CA",
      "ca.crt",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-days",
      "2",
      "-extfile",
      "extensions",
      "-out",
      "server.crt",
    ]);
    return [
      this.file(use === "server" ? contract.paths.serverCertificate : contract.paths.siteCertificate, "server.crt"),
      {
        ...this.file(use === "server" ? contract.paths.serverKey : contract.paths.siteKey, "server.key"),
        mode: "0640",
        group: "www-data",
      },
      this.file(contract.paths.authorityCertificate, "ca.crt"),
    ];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private file(path: string, name: string): HostFile {
    return {
      path,
      content: readFileSync(join(this.folder, name), "utf8"),
      mode: "0644",
      owner: "root",
      group: "root",
      effect: "nginx",
    };
  }

  private openssl(words: readonly string[]): void {
    execFileSync("openssl", words, { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
  }
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
