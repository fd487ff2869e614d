import { contract } from "../../base/contract";

const { closingFlag } = contract.paths;

/** Value of the hole in a location: the line that sends a request to one of locations/closing.conf before a reload, or none. */
export function closing(closes: boolean, sign: number): { closing: string } {
  return { closing: closes ? `if (-f ${closingFlag}) { return ${sign}; }` : "" };
}

/** The same for a location that locations/closing.conf sends its requests back to: the way back is not the way there. */
export function closingOnce(closes: boolean, sign: number): { closing: string } {
  const lines = [
    "set $closing $closed;",
    `if (-f ${closingFlag}) { set $closing "\${closed}now"; }`,
    `if ($closing = now) { return ${sign}; }`,
  ];
  return { closing: closes ? lines.join("\n") : "" };
}
