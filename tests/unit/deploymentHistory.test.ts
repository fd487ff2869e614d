import { extendHistory, type Deployment } from "../../components/stack/deploymentHistory";

const entry = (release: string): Deployment => ({
  release,
  who: "ann@desk",
  commit: "0123456789ab",
  at: "2026-01-01T00:00:00.000Z",
});
const ben = () => ({ who: "ben@laptop", commit: null });
const later = new Date("2026-02-02T00:00:00Z");

describe("extendHistory", () => {
  it("keeps the entry of a release that is already the last one, whoever runs the program", () => {
    const history = [entry("a"), entry("b")];
    expect(extendHistory(history, "b", ben, later)).toBe(history);
  });

  it("adds another release with who and when, also one that was there before", () => {
    const history = extendHistory([entry("a"), entry("b")], "a", ben, later);
    expect(history.map(({ release }) => release)).toEqual(["a", "b", "a"]);
    expect(history.at(-1)).toEqual({ release: "a", who: "ben@laptop", commit: null, at: "2026-02-02T00:00:00.000Z" });
  });

  it("remembers twenty deployments", () => {
    const long = Array.from({ length: 20 }, (_, index) => entry(`r${index}`));
    const history = extendHistory(long, "new", ben, later);
    expect(history).toHaveLength(20);
    expect(history[0]!.release).toBe("r1");
  });
});
