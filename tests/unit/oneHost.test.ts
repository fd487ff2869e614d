import { readStackAndHost } from "../../bin/commands/base/stackAndHost";
import { chooseHost } from "../../bin/commands/hosts/oneHost";

/** Two application hosts, of which some do not answer. */
function fleet(silent: string[]) {
  return {
    applicationHosts: ["web-1", "web-2"],
    findSilent: (names: readonly string[] = []) =>
      Promise.resolve(
        names.filter((name) => silent.includes(name)).map((host) => ({ host, complaint: "No route to host\n" })),
      ),
  };
}

test("the first host that answers, or the one that is named", async () => {
  expect(await chooseHost(fleet([]), "prod", undefined)).toBe("web-1");
  expect(await chooseHost(fleet(["web-1"]), "prod", undefined)).toBe("web-2");
  expect(await chooseHost(fleet(["web-1"]), "prod", "web-2")).toBe("web-2");
});

test("none that answers: who does not is said, and that nothing was run", async () => {
  await expect(chooseHost(fleet(["web-1", "web-2"]), "prod", undefined)).rejects.toThrow(
    "web-1 does not answer: No route to host\nportico: web-2 does not answer: No route to host\nportico: nothing was run",
  );
  await expect(chooseHost(fleet(["web-1"]), "prod", "web-1")).rejects.toThrow("web-1 does not answer");
});

test("a host without the application is refused by name", async () => {
  await expect(chooseHost(fleet([]), "prod", "balancer")).rejects.toThrow(
    "--host: got balancer; allowed: web-1, web-2; name an application host",
  );
});

test.each([
  [[], { stack: "dev", wanted: undefined }],
  [["prod"], { stack: "prod", wanted: undefined }],
  [["--host", "web-2"], { stack: "dev", wanted: "web-2" }],
  [["prod", "--host", "web-2"], { stack: "prod", wanted: "web-2" }],
])("words %j", (words, read) => expect(readStackAndHost(words, "usage")).toEqual(read));

test.each([[["prod", "web-1"]], [["--hosts"]], [["prod", "--host"]], [["--host", "--", "true"]]])(
  "words %j are refused with what is allowed",
  (words) => expect(() => readStackAndHost(words, "usage: bin/x")).toThrow("usage: bin/x"),
);
