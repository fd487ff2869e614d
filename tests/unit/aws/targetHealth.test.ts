import { drainInput, waitInput, waitUntilGone, waitUntilHealthy } from "../../../bin/commands/aws/targetGroup";
import { BalancerApi, type Answer, type Health } from "../../support/balancerApi";
import { run } from "../../support/run";

const arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/hosts/0123456789abcdef";
const other: Health = { id: "i-other", state: "healthy" };
const own = (state: string, reason?: string, description?: string): Health[] => [
  other,
  { id: "i-own", state, reason, description },
];
const healthy = own("healthy");
const initial = own("initial", "Elb.InitialHealthChecking", "Initial health checks in progress");
const draining = own("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress");

const made = {
  AWS_ACCESS_KEY_ID: "made-up",
  AWS_SECRET_ACCESS_KEY: "made-up",
  AWS_SESSION_TOKEN: "",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** Lets `act` ask a balancer that gives these answers. */
async function withBalancer<T>(
  answers: readonly Answer[],
  act: (environment: Record<string, string>, balancer: BalancerApi) => Promise<T>,
): Promise<T> {
  const balancer = new BalancerApi(answers);
  try {
    return await act({ ...made, AWS_ENDPOINT_URL: await balancer.listen() }, balancer);
  } finally {
    balancer.close();
  }
}

const inputFor = (limits: object) => ({
  region: "eu-central-1",
  targetGroupArn: arn,
  targetId: "i-own",
  name: "web-1",
  port: 8443,
  seconds: 1,
  steadySeconds: 0.2,
  pauseSeconds: 0.05,
  activated: "a digest",
  ...limits,
});

/** Time that passes only in pauses: what an answer takes here, and how busy this computer is, is no matter. */
function pausesOnly() {
  let milliseconds = 0;
  return { now: () => milliseconds, sleep: (pause: number) => Promise.resolve((milliseconds += pause)) };
}

/** What the command does, within this process: each start of a program costs a second. */
async function ask(
  command: "wait" | "drain",
  answers: readonly Answer[],
  limits: { seconds?: number; steadySeconds?: number } = {},
) {
  let output = "";
  let stdout = "";
  const spies = [
    jest.spyOn(process.stderr, "write").mockImplementation((text) => !!(output += String(text))),
    jest.spyOn(process.stdout, "write").mockImplementation((text) => !!(stdout += String(text))),
  ];
  try {
    return await withBalancer(answers, async (environment, { questions }) => {
      Object.assign(process.env, environment);
      const [input, clock] = [inputFor(limits), pausesOnly()];
      const error = await (
        command === "wait"
          ? waitUntilHealthy(waitInput.parse(input), clock)
          : waitUntilGone(drainInput.parse(input), clock)
      ).catch((reason: Error) => reason.message);
      return { error, output, stdout, questions };
    });
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
}

describe("waiting for a machine to be in service", () => {
  it("ends when the balancer has found it healthy without a break, and tells each change", async () => {
    const { error, output, stdout, questions } = await ask("wait", [
      [other],
      initial,
      healthy,
      own("unhealthy", "Target.Timeout", "Request timed out"),
      healthy,
    ]);
    expect(error).toBeUndefined();
    expect(JSON.parse(stdout)).toEqual({ inService: "web-1" });
    const told = output.split("\n").filter((line) => line.startsWith("web-1 (i-own): "));
    expect(told.map((line) => line.slice("web-1 (i-own): ".length))).toEqual([
      "not registered",
      "initial (Elb.InitialHealthChecking: Initial health checks in progress)",
      "healthy",
      "unhealthy (Target.Timeout: Request timed out)",
      "healthy",
    ]);
    // Five answers, and four more of the last: 0.2 s with pauses of 0.05 s.
    expect(questions).toHaveLength(5 + 4);
  });

  it("asks for the whole group, since AWS has an error alone for a machine that is gone", async () => {
    const { questions } = await ask("wait", [healthy]);
    expect(Object.fromEntries(questions[0]!)).toEqual({
      Action: "DescribeTargetHealth",
      Version: "2015-12-01",
      TargetGroupArn: arn,
    });
  });

  it.each<[string, Health[], string, string]>([
    [
      "the application does not answer",
      own("unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [502]"),
      "unhealthy (Target.ResponseCodeMismatch: Health checks failed with these codes: [502])",
      "look at its log there",
    ],
    [
      "nobody answers",
      own("unhealthy", "Target.Timeout"),
      "unhealthy (Target.Timeout)",
      "whether the firewall lets the balancer in",
    ],
    [
      "nothing leads to it",
      own("unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
      "unused (Target.NotInUse: Target group is not configured to receive traffic from the load balancer)",
      "no listener leads to the group",
    ],
    [
      "it was stopped",
      own("unused", "Target.InvalidState", "Target is in the stopped state"),
      "unused (Target.InvalidState: Target is in the stopped state)",
      "let `bin/up STACK --refresh` make another",
    ],
    ["its registration is gone", [other], "not registered", "run the update again"],
  ])("fails in time when %s, with the balancer's words and what to do", async (_, answer, got, remedy) => {
    const { error, stdout, questions } = await ask("wait", [answer], { seconds: 0.3 });
    expect(stdout).toBe("");
    expect(error).toContain(`web-1 (i-own), port 8443: got ${got}; allowed: healthy for 0.2 s within 0.3 s; `);
    expect(error).toContain(remedy);
    // At once, and after each of the six pauses that 0.3 s have.
    expect(questions).toHaveLength(1 + 6);
  });

  it("is not content with another machine's health, nor with a health that breaks again and again", async () => {
    expect((await ask("wait", [[other]], { seconds: 0.3 })).error).toContain("got not registered");
    const restless = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? healthy : initial));
    expect((await ask("wait", restless, { seconds: 0.6 })).error).toContain("allowed: healthy for 0.2 s");
  });

  it("asks again when a question was lost, and fails when the balancer refuses to tell", async () => {
    expect(
      (await ask("wait", ["silence", { error: "InternalFailure", status: 500 }, healthy], { seconds: 10 })).error,
    ).toBeUndefined();
    const { error } = await ask("wait", [{ error: "AccessDenied", status: 403 }]);
    expect(error).toMatch(
      /^i-own: its state in the target group cannot be read \(AccessDenied: no: AccessDenied\); allowed: an answer of eu-central-1; /,
    );
  });
});

describe("waiting for a machine's last requests", () => {
  it("ends when the balancer has let it go, and not before", async () => {
    const { error, questions } = await ask("drain", [healthy, draining, draining, [other]]);
    expect(error).toBeUndefined();
    expect(questions).toHaveLength(4);
  });

  it.each<[string, Answer]>([
    ["the balancer does not know the machine", [other]],
    ["the group has no machine at all", []],
    ["no listener leads to the group any more", own("unused", "Target.NotInUse")],
    ["the group is gone", { error: "TargetGroupNotFound" }],
  ])("is over at once when %s", async (_, answer) => {
    const { error, questions } = await ask("drain", [answer]);
    expect(error).toBeUndefined();
    expect(questions).toHaveLength(1);
  });

  it.each([
    [
      "drains on",
      draining,
      "draining (Target.DeregistrationInProgress: Target deregistration is in progress)",
      "run the update again",
    ],
    ["was not let go", healthy, "healthy", "deregister it"],
  ])("fails in time when the machine %s", async (_, answer, got, remedy) => {
    const { error } = await ask("drain", [answer], { seconds: 0.3 });
    expect(error).toContain(`i-own: got ${got}; allowed: no request under way within 0.3 s; `);
    expect(error).toContain(remedy);
  });

  it("fails when nobody can be asked, since requests may be under way", async () => {
    expect((await ask("drain", [{ error: "ExpiredToken", status: 403 }])).error).toContain(
      "cannot be read (ExpiredToken",
    );
  });
});

describe("bin/target-health", () => {
  it("reads what to ask on standard input, and answers with its exit code, one line of JSON and words", async () => {
    // Here time is real: those that succeed have far more than they need, the one that fails has next to none.
    const runs = (
      [
        ["wait", healthy, 60],
        ["drain", [other], 60],
        ["wait", [other], 0.1],
      ] as const
    ).map(([command, answer, seconds]) =>
      withBalancer([answer], (environment) =>
        run(["bin/target-health", command], {
          env: { ...process.env, ...environment },
          input: JSON.stringify(inputFor({ seconds })),
        }),
      ),
    );
    const [served, gone, failed] = await Promise.all(runs);
    expect(served).toMatchObject({ code: 0, stdout: '{"inService":"web-1"}\n' });
    expect(gone).toMatchObject({ code: 0, output: "i-own: not registered\n" });
    expect(failed).toMatchObject({
      code: 1,
      stdout: "",
      output: expect.stringMatching(
        /^web-1 \(i-own\): not registered\nportico: web-1 \(i-own\), port 8443: got not registered; .*\n$/,
      ),
    });
  });

  it("says how it is used when the command is missing or unknown", async () => {
    const runs = [[], ["look"], ["wait", "now"]].map((words) => run(["bin/target-health", ...words]));
    for (const { code, output } of await Promise.all(runs)) {
      expect([code, output]).toEqual([2, "usage: bin/target-health wait|drain, with JSON on standard input\n"]);
    }
  });
});
