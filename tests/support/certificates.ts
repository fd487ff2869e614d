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
    this.sign(
      "server",
      `subjectAltName=${subjects}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth`,
      names[0]!,
    );
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

  /** What a balancer shows application hosts. */
  clientFile(): HostFile {
    this.sign("client", "extendedKeyUsage=clientAuth", "balancer.portico.internal");
    return {
      ...this.file(contract.paths.clientCertificate, "client.pem"),
      mode: "0400",
      owner: "www-data",
    };
  }

  /** curl's words for whoever shows what `clientFile` or `filesFor` made last. */
  clientWords(made: "client" | "server" = "client"): string[] {
    return ["--cert", join(this.folder, `${made}.pem`)];
  }

  /** curl's words for whoever shows a balancer's certificate that has ended. */
  wordsOfEnded(): string[] {
    this.sign("ended", "extendedKeyUsage=clientAuth", "balancer.portico.internal", "ca", "0");
    return ["--cert", join(this.folder, "ended.pem")];
  }

  /** curl's words for whoever shows a client's certificate of an authority that this one signed. */
  wordsOfAuthorityBelow(): string[] {
    this.sign("below", "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign", "below");
    this.sign("chained", "extendedKeyUsage=clientAuth", "balancer.portico.internal", "below");
    return ["--cert", join(this.folder, "chained.pem")];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes a key, its certificate, and a file of both with whatever authority stands between. */
  private sign(name: string, extensions: string, subject: string, signer = "ca", days = "2"): void {
    writeFileSync(join(this.folder, "extensions"), `${extensions}\n`);
    this.openssl([
      "req",
      "-new",
      ...newKey,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
      "-subj",
      `/CN=${subject}`,
    ]);
    this.openssl([
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      `${signer}.crt`,
      "-CAkey",
      `${signer}.key`,
      "-CAcreateserial",
      "-days",
      days,
      "-extfile",
      "extensions",
      "-out",
      `${name}.crt`,
    ]);
    const parts = [`${name}.crt`, ...(signer === "ca" ? [] : [`${signer}.crt`]), `${name}.key`];
    const pem = parts.map((part) => readFileSync(join(this.folder, part), "utf8")).join("");
    writeFileSync(join(this.folder, `${name}.pem`), pem);
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
