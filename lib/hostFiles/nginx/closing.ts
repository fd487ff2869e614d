import { contract } from "../../base/contract";

/** Value of the hole in a location: the line that sends a request to one of locations/closing.conf before a reload, or none. */
export function closing(closes: boolean, sign: number): { closing: string } {
  return { closing: closes ? `if (-f ${contract.paths.closingFlag}) { return ${sign}; }` : "" };
}
