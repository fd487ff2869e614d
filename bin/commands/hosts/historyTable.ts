import { hostCommands, type Transaction } from "../../../lib/hosts/protocol";
import { formatTable } from "../base/table";

type Row = Transaction & { host: string };

/** All that a host keeps of a transaction but what no person reads: the hash of a release with its settings. */
const fields = Object.keys(hostCommands.history.output).filter((field) => field !== "at" && field !== "revision");
const columns = ["at", "host", ...fields] as (keyof Row)[];

/** The transactions of all hosts in the order of their time. */
export function historyTable(rows: readonly Row[]): string {
  const sorted = [...rows].sort(
    (left, right) => left.at.localeCompare(right.at) || left.host.localeCompare(right.host),
  );
  return formatTable(
    columns,
    sorted.map((row) => columns.map((column) => toCell(column, row[column]))),
  );
}

/** A host keeps its host program until its next update, so a field may be missing. */
function toCell(column: keyof Row, value: string | number | null | undefined): string {
  if (typeof value !== "number") return value ?? "-";
  return column === "copied" ? formatBytes(value) : value.toFixed(1);
}

function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
