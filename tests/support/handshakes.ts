import { connect } from "node:tls";

/** TLS handshakes with a site, one after another on several lanes; each counts what is shown, and any that fails. */
export class Handshakes {
  readonly failures: string[] = [];
  /** Fingerprints of the certificates, in the order in which they were first seen. */
  readonly shown: string[] = [];
  count = 0;
  private ends = false;
  private readonly lanes: Promise<void>[];

  constructor(
    private readonly host: string,
    private readonly servername: string,
    lanes = 8,
  ) {
    this.lanes = Array.from({ length: lanes }, () => this.goOn());
  }

  async stop(): Promise<this> {
    this.ends = true;
    await Promise.all(this.lanes);
    return this;
  }

  private async goOn(): Promise<void> {
    while (!this.ends) {
      try {
        const fingerprint = await shownBy(this.host, this.servername);
        if (!this.shown.includes(fingerprint)) this.shown.push(fingerprint);
      } catch (problem) {
        this.failures.push(String(problem));
      }
      this.count += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Fingerprint of the certificate that is shown; whoever signed it, unless an authority is named, which then has to be the one. */
export function shownBy(host: string, servername: string, ca?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 443, servername, ca, rejectUnauthorized: ca !== undefined, timeout: 10_000 });
    socket.on("secureConnect", () => {
      resolve(socket.getPeerX509Certificate()!.fingerprint256);
      socket.end();
    });
    socket.on("timeout", () => socket.destroy(new Error("no handshake within 10 s")));
    socket.on("error", reject);
  });
}
