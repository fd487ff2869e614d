import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { AwsTests } from "../support/awsTests";

const file = path.resolve(__dirname, "../calls.txt");

/** With PORTICO_RECORD_CALLS=1 a whole run writes the file anew. */
export function describeCalls(tests: AwsTests): void {
  describe("the calls of the run", () => {
    it("need no action that tests/aws/calls.txt does not name; the policy in docs is checked against that file", () => {
      const actions = tests.standIn.actions();
      if (process.env.PORTICO_RECORD_CALLS === "1")
        writeFileSync(file, actions.map((action) => `${action}\n`).join(""));
      const known = readFileSync(file, "utf8").trim().split("\n");
      expect(actions.filter((action) => !known.includes(action))).toEqual([]);
    });
  });
}
