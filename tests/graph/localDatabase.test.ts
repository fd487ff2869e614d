import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, reveal } from "../support/wireValues";

const makeFolder = temporaryFolders();
let plain: Recording;
let served: Recording;

beforeAll(async () => {
  const program = new Program(makeFolder());
  plain = await program.run({ file: readStackFile("dev") });
  served = await program.run({ file: { ...readStackFile("dev"), "portico:local": { database: "postgresql" } } });
});

describe("local.database: postgresql", () => {
  it("adds one machine of another image, which is no host, and changes no other machine", () => {
    const added = served.labels.filter((label) => !plain.labels.includes(label));
    expect(added).toEqual([
      "GeneratedSecrets database-account",
      "LocalDatabase database",
      "LocalMachine database",
      "database-account-password",
      "database-configuration",
      "database-host-key",
      "database-machine",
    ]);
    expect(JSON.parse(served.stdinOf("database-machine"))).toMatchObject({
      address: "10.31.64.9",
      image: "database",
      name: "database",
    });
    for (const name of ["web-1", "web-2", "balancer"])
      expect(JSON.parse(served.stdinOf(`${name}-machine`))).not.toHaveProperty("image");
  });

  it("hands the application a secret with its address before any release is rehearsed", () => {
    for (const host of ["web-1", "web-2"]) {
      const { secrets } = JSON.parse(served.stdinOf(`${host}-stage`)) as { secrets: Record<string, string> };
      expect(secrets["databaseUrl"]).toMatch(/^postgresql:\/\/app:[0-9a-f]{64}@10\.31\.64\.9:5432\/app$/);
      expect(served.waitsFor(`${host}-stage`)).toContain("database-configuration");
      expect(JSON.parse(plain.stdinOf(`${host}-stage`))).not.toHaveProperty("secrets.databaseUrl");
    }
    expect(isSecret(served.get("database-configuration").inputs.stdin)).toBe(true);
    expect(isSecret(served.get("database-configuration").inputs.connection)).toBe(true);
  });

  it("lets in the application's machines alone, and gives no password on a command line", () => {
    const script = reveal(served.get("database-configuration").inputs.create) as string;
    const password = served.stdinOf("database-configuration").trim();
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    expect(script).not.toContain(password);
    expect(script).toContain("ip saddr { 10.31.64.11, 10.31.64.12 } ip daddr 10.31.64.9 tcp dport 5432 accept");
    expect(script).toContain("host app app 10.31.64.11/32 scram-sha-256");
    expect(script).toContain("policy drop");
  });
});
