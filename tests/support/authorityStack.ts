import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stackEnvironment, type Environment } from "../../bin/commands/base/engine";
import { run } from "./run";

/** What one run of the engine did, by the kind of change and the name of the resource. */
export interface Changes {
  created: string[];
  replaced: string[];
  deleted: string[];
}

/** Certificates, PEM: the authorities, that of a host, that of the balancer. */
export interface Outputs {
  believed: string;
  certificate: string;
  client: string;
}

interface State {
  deployment: { resources: { urn: string; outputs: Record<string, unknown> }[] };
}

const stackName = "authority";
const day = 86_400_000;

/** A stack of the authority and two certificates alone, made by the real engine and the real provider; no machine takes part. */
export class AuthorityStack {
  private readonly environment: Environment;

  /** @param folder an empty one */
  constructor(private readonly folder: string) {
    for (const name of ["components", "lib", "node_modules", "package.json", "tsconfig.json"])
      symlinkSync(path.resolve(name), path.join(folder, name));
    writeFileSync(
      path.join(folder, "Pulumi.yaml"),
      "name: portico\nruntime:\n  name: nodejs\n  options:\n    typescript: true\nmain: index.ts\n",
    );
    const state = path.join(folder, "state");
    mkdirSync(state);
    this.environment = stackEnvironment(stackName, { ...process.env, PORTICO_STATE_DIR: state });
  }

  async create(): Promise<void> {
    await this.pulumi(["stack", "init", stackName]);
  }

  set(settings: { generation: number; leafDays: number; renewDays: number }): void {
    writeFileSync(path.join(this.folder, "index.ts"), program(JSON.stringify(settings)));
  }

  async up(): Promise<void> {
    await this.pulumi(["up", "--yes", "--skip-preview"]);
  }

  /** What the next update would do. */
  async plan(): Promise<Changes> {
    const { steps } = JSON.parse(await this.pulumi(["preview", "--json"])) as { steps: { op: string; urn: string }[] };
    const named = (op: string) =>
      steps
        .filter((step) => step.op === op)
        .map(({ urn }) => nameOf(urn))
        .sort();
    return { created: named("create"), replaced: named("replace"), deleted: named("delete") };
  }

  async outputs(): Promise<Outputs> {
    return JSON.parse(await this.pulumi(["stack", "output", "--json"])) as Outputs;
  }

  /** Moves the end of a certificate in the state: to the provider, time has gone by. */
  async leaveDays(certificate: string, days: number): Promise<void> {
    const state = JSON.parse(await this.pulumi(["stack", "export"])) as State;
    const resource = state.deployment.resources.find(({ urn }) => nameOf(urn) === certificate)!;
    resource.outputs.validityEndTime = new Date(Date.now() + days * day).toISOString();
    await this.pulumi(["stack", "import"], JSON.stringify(state));
  }

  private async pulumi(words: string[], input?: string): Promise<string> {
    const { code, output, stdout } = await run(["pulumi", ...words], {
      cwd: this.folder,
      env: this.environment,
      input,
    });
    if (code !== 0) throw new Error(`pulumi ${words.join(" ")}: exit code ${code}\n${output}`);
    return stdout;
  }
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function program(settings: string): string {
  return [
    'import { PrivateAuthority } from "./components/certificates/privateAuthority";',
    `const authority = new PrivateAuthority("authority", { commonName: "Portico test", settings: ${settings} });`,
    'const { certificate } = authority.issue("web-1", { dnsNames: ["web.portico.internal"], ipAddresses: ["10.0.0.1"] });',
    'const names = { dnsNames: ["balancer.portico.internal"], ipAddresses: [] };',
    'const { certificate: client } = authority.issue("balancer-client", names, "client_auth");',
    "export = { believed: authority.certificates, certificate, client };",
    "",
  ].join("\n");
}
