import { historyTable } from "../../bin/commands/hosts/historyTable";
import type { Transaction } from "../../lib/hosts/protocol";

const transaction: Transaction = {
  at: "2026-01-02T03:04:05Z",
  command: "activate",
  release: "r2",
  revision: "hash-of-r2",
  who: "ann",
  commit: null,
  seconds: 2,
  staging: 3.21,
  copied: 66_800_000,
  outcome: "confirmed",
  why: "",
};

it("has a column for each field that hosts keep, and the transactions of all hosts in the order of their time", () => {
  const older: Partial<Transaction> = { ...transaction };
  delete older.who;
  delete older.copied;
  const rows = [
    { host: "web-2", ...transaction },
    { host: "web-1", ...transaction, why: "planted reason", staging: null, copied: 20_500 },
    { host: "web-3", ...(older as Transaction), at: "2026-01-01T00:00:00Z", seconds: 12.34 },
  ];
  expect(historyTable(rows).replaceAll(/ +/g, " ")).toBe(
    [
      "at host command release who commit seconds staging copied outcome why",
      "2026-01-01T00:00:00Z web-3 activate r2 - - 12.3 3.2 - confirmed",
      "2026-01-02T03:04:05Z web-1 activate r2 ann - 2.0 - 21 kB confirmed planted reason",
      "2026-01-02T03:04:05Z web-2 activate r2 ann - 2.0 3.2 66.8 MB confirmed",
      "",
    ].join("\n"),
  );
});
