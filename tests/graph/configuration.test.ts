import { Program, type ProgramRun } from "../support/programMocks";
import * as pulumi from "@pulumi/pulumi";
import { readStackFile, type StackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let program: Program;

const planted = "planted-7be2a9";
const withSecret = withApp({ secrets: ["paymentKey"] });

beforeAll(() => {
  program = new Program(makeFolder());
});

/** The message of a run that must fail before it registers anything. */
async function refusal(run: ProgramRun): Promise<string> {
  const { error, labels } = await program.attempt(run);
  // What the last update left is read, nothing is declared.
  expect(labels.filter((label) => label !== "self")).toEqual([]);
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  return (error as Error).message;
}

it("the same configuration without its fault is accepted", async () => {
  const { labels, error } = await program.attempt({ file: withSecret, secrets: { "portico:paymentKey": planted } });
  expect(error).toBeUndefined();
  expect(labels).toContain("web-1-stage");
});

describe("a secret", () => {
  it("that is missing is named, with the command that sets it", async () => {
    expect(await refusal({ file: withSecret })).toContain(
      "  portico:paymentKey: got nothing; allowed: a secret; run: pulumi config set --secret paymentKey\n",
    );
  });

  it("that is given in plain text is refused without being shown", async () => {
    const message = await refusal({ file: { ...withSecret, "portico:paymentKey": planted } });
    expect(message).toMatch(
      /^ {2}portico:paymentKey: got "a plain value \(not shown\)"; allowed: a secret; run: pulumi config set --secret paymentKey$/m,
    );
    expect(message).not.toContain(planted);
  });

  it("with logins of package indexes in another form is refused without being shown", async () => {
    const netrc = "https://deployer:planted-login@packages.example.com";
    const given = { "portico:paymentKey": planted, "portico:packageIndexNetrc": netrc };
    const message = await refusal({ file: withSecret, secrets: given });
    expect(message).toContain(
      'portico:packageIndexNetrc: got "a text of another form (not shown)"; allowed: machine HOST',
    );
    expect(message).not.toContain("planted-login");
  });

  it("that the settings do not list is refused without being shown", async () => {
    const message = await refusal({ file: readStackFile("dev"), secrets: { "portico:paymentKey": planted } });
    expect(message).toMatch(/^ {2}portico:paymentKey: got /m);
    expect(message).not.toContain(planted);
  });

  it("in the place of a group of settings is refused without being shown", async () => {
    const message = await refusal({ file: readStackFile("dev"), secrets: { "portico:local": planted } });
    expect(message).toMatch(/^ {2}portico:local: got /m);
    expect(message).not.toContain(planted);
  });

  it("inside a group of settings is refused without being shown, since groups end in plain files", async () => {
    const app = JSON.stringify({ module: "portico_sample:app", environment: { PAYMENT_KEY: planted } });
    const message = await refusal({ file: readStackFile("dev"), secrets: { "portico:app": app } });
    expect(message).toMatch(/^ {2}portico:app: got /m);
    expect(message).not.toContain(planted);
  });

  it("that is to be generated twice is refused, before two resources get one name", async () => {
    expect(await refusal({ file: withApp({ generatedSecrets: ["sessionKey", "sessionKey"] }) })).toMatch(
      /^ {2}portico:app\.generatedSecrets: got /m,
    );
  });

  it("is told together with the others that are missing", async () => {
    const message = await refusal({ file: withApp({ secrets: ["paymentKey", "mailPassword"] }) });
    expect(message).toContain("2 settings are wrong, nothing was changed:");
    expect(message).toContain("portico:paymentKey: got nothing");
    expect(message).toContain("portico:mailPassword: got nothing");
  });
});

describe("a setting", () => {
  it("that nobody knows is named with those that there are", async () => {
    const message = await refusal({ file: { ...readStackFile("dev"), "portico:webMachines": 3 } });
    expect(message).toMatch(
      /^ {2}portico:webMachines: got 3; allowed: the settings target, site, app, .*; remove it or mend its spelling$/m,
    );
  });

  it("given as text where a group belongs is refused, and not taken apart", async () => {
    const message = await refusal({ file: { ...readStackFile("dev"), "portico:local": "big" } });
    expect(message).toMatch(
      /^ {2}portico:local: got "big"; allowed: a group of settings; change it in the stack file$/m,
    );
  });

  it("that is wrong does not hide the next one: all faults are told at once", async () => {
    const file = {
      ...readStackFile("dev"),
      "portico:local": { webMachines: 0 },
      "portico:gunicorn": { workerClass: "eventlet" },
    };
    const message = await refusal({ file });
    expect(message).toContain("2 settings are wrong, nothing was changed:");
    expect(message).toMatch(/portico:local\.webMachines: got 0; allowed: .* from 1 to 8; /);
    expect(message).toMatch(/portico:gunicorn\.workerClass: got "eventlet"; allowed: one of: gthread, sync, asgi; /);
    expect(message.endsWith("All settings: docs/configuration.md")).toBe(true);
  });

  it("of another project is none of ours", async () => {
    const { error } = await program.attempt({ file: { ...readStackFile("dev"), "aws:region": "eu-central-1" } });
    expect(error).toBeUndefined();
  });
});

describe("what only this computer tells", () => {
  it("an address range in use is refused with the setting to change", async () => {
    const rangeProblem = "a private range that this computer does not route elsewhere (10.0.0.0/8 goes to tun0)";
    const message = await refusal({ file: readStackFile("dev"), computer: { rangeProblem } });
    expect(message).toContain(
      `portico:local.addressRange: got "10.31.64.0/24"; allowed: ${rangeProblem}; set another private range`,
    );
  });

  it("a kernel that gives machines no users of their own is refused with what helps", async () => {
    const namespaceObstacle = { found: "user.max_user_namespaces is 0", remedy: "run `sysctl -w …`" };
    const message = await refusal({ file: readStackFile("dev"), computer: { namespaceObstacle } });
    expect(message).toContain(
      'portico:target: got "local"; allowed: a computer that gives each machine a user namespace (user.max_user_namespaces is 0); run `sysctl -w …`, or choose another target',
    );
  });

  it("an application folder that is not there is refused with the setting to change", async () => {
    expect(await refusal({ file: withApp({ folder: "no-such-app" }) })).toMatch(
      /portico:app\.folder: got "no-such-app"; allowed: a folder that exists; /,
    );
  });
});

function withApp(settings: Record<string, unknown>): StackFile {
  const dev = readStackFile("dev");
  return { ...dev, "portico:app": { ...(dev["portico:app"] as object), ...settings } };
}
