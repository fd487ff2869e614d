import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contract } from "../../lib/base/contract";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import { Issuer, type IssueOptions } from "./issuer";

const forClients = ["extendedKeyUsage=clientAuth"];
const balancer = "balancer.portico.internal";
const minute = 60_000;

/** An authority that signs certificates for tests; valid for two days. */
export class TestAuthority {
  private readonly folder = mkdtempSync(join(tmpdir(), "portico-authority-"));
  private readonly issuer = new Issuer(this.folder);
  /** File of the authority's certificate, for clients. */
  readonly certificateFile = this.issuer.issue("ca", { authority: true, subject: "Portico test authority" });

  /** TLS files of a server that answers to these names and addresses: an application host's own, or those of the site. */
  filesFor(names: readonly string[], use: "server" | "site"): HostFile[] {
    this.sign("server", { names, subject: names[0]!, extensions: ["extendedKeyUsage=serverAuth"] });
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
    this.sign("client", { subject: balancer, extensions: forClients });
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
    const to = new Date(Date.now() - minute);
    return ["--cert", this.sign("ended", { subject: balancer, extensions: forClients, to })];
  }

  /** curl's words for whoever shows a client's certificate of an authority that this one signed. */
  wordsOfAuthorityBelow(): string[] {
    this.sign("below", { authority: true, extensions: ["keyUsage=keyCertSign"] });
    return ["--cert", this.sign("chained", { by: "below", subject: balancer, extensions: forClients })];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes a key, its certificate, and a file of both with whatever authority stands between. */
  private sign(name: string, options: IssueOptions): string {
    const { by = "ca" } = options;
    this.issuer.issue(name, { by, ...options });
    const parts = [`${name}.crt`, ...(by === "ca" ? [] : [`${by}.crt`]), `${name}.key`];
    return this.issuer.write(`${name}.pem`, parts.map((part) => this.issuer.read(part)).join(""));
  }

  private file(path: string, name: string): HostFile {
    return { path, content: this.issuer.read(name), mode: "0644", owner: "root", group: "root", effect: "nginx" };
  }
}
