import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { sha256 } from "../../lib/base/digest";
import { normalizeName } from "../../lib/release/python/requirements";

/** A wheel of made-up content. */
export interface MadeWheel {
  name: string;
  version: string;
  /** Python, interface and platform; `py3-none-any` when not given. */
  tag?: string;
  requires?: readonly string[];
  extras?: readonly string[];
}

const script = `import json, sys, zipfile, hashlib, base64
folder, wheels = json.load(sys.stdin)
for each in wheels:
    name, version, tag = each["name"].replace("-", "_"), each["version"], each.get("tag", "py3-none-any")
    info = f"{name}-{version}.dist-info"
    meta = ["Metadata-Version: 2.1", f"Name: {each['name']}", f"Version: {version}"]
    meta += [f"Requires-Dist: {one}" for one in each.get("requires", [])]
    meta += [f"Provides-Extra: {one}" for one in each.get("extras", [])]
    wheel = ["Wheel-Version: 1.0", "Generator: test", f"Root-Is-Purelib: {str(tag.endswith('any')).lower()}", f"Tag: {tag}"]
    files = {f"{name}.py": "here = True\\n", f"{info}/METADATA": "\\n".join(meta) + "\\n", f"{info}/WHEEL": "\\n".join(wheel) + "\\n"}
    digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    record = [f"{path},sha256={digest(text)},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\\n".join([*record, f"{info}/RECORD,,", ""])
    with zipfile.ZipFile(f"{folder}/{name}-{version}-{tag}.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)
`;

export function writeWheels(folder: string, wheels: readonly MadeWheel[]): void {
  execFileSync("python3", ["-c", script], { input: JSON.stringify([folder, wheels]) });
}

/** An index of the packages of a folder, on loopback, in the form that all tools read; with an account, for whoever has its password only. */
export class PackageIndex {
  /** Paths that were asked for with the right password, or without need of one. */
  readonly served: string[] = [];
  /** Paths that were asked for without. */
  readonly refused: string[] = [];
  private readonly server = createServer((asked, answer) => this.answer(asked, answer));

  constructor(
    private readonly folder: string,
    private readonly account?: { user: string; password: string },
  ) {}

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}/simple/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(asked: IncomingMessage, answer: ServerResponse): void {
    const place = asked.url ?? "";
    if (!this.mayHave(asked)) {
      this.refused.push(place);
      return void answer.writeHead(401, { "WWW-Authenticate": 'Basic realm="packages"' }).end();
    }
    this.served.push(place);
    const [, kind, name = ""] = place.split("/");
    const files = readdirSync(this.folder);
    if (kind === "files" && files.includes(name)) return void answer.end(readFileSync(path.join(this.folder, name)));
    const own = files.filter((file) => normalizeName(file.split("-")[0]!) === name);
    if (kind !== "simple" || own.length === 0) return void answer.writeHead(404).end();
    const links = own.map((file) => {
      const digest = sha256(readFileSync(path.join(this.folder, file)));
      return `<a href="/files/${file}#sha256=${digest}">${file}</a>`;
    });
    answer.setHeader("Content-Type", "text/html");
    answer.end(`<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`);
  }

  private mayHave({ headers }: IncomingMessage): boolean {
    if (this.account === undefined) return true;
    const { user, password } = this.account;
    return headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }
}
