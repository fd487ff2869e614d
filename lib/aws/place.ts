import { SettingsError, type Fault, type Settings } from "../settings";

/** What everything of a stack on target aws stands on. */
export interface AwsPlace {
  accountId: string;
  region: string;
  /** Of a new network; absent in one that is there. */
  addressRange?: string;
  /** Of a network that is there; absent where the stack has its own. */
  vpcId?: string;
}

/** Output of the stack by which the next update knows its place; other targets have none. */
export function placeOutput(settings: Settings): { place?: AwsPlace } {
  const place = placeOf(settings);
  return place === undefined ? {} : { place };
}

/**
 * Throws a SettingsError when a stack is to move to another account, region or network. The engine makes the new before it
 * deletes the old, but addresses, gateways and names of the site cannot be in both places; it would stop half way.
 */
export function checkPlace(former: unknown, settings: Settings): void {
  const present = placeOf(settings);
  if (present === undefined || !isPlace(former)) return;
  const faults = moves(former, present);
  if (faults.length > 0) throw new SettingsError(faults);
}

function placeOf({ target, aws }: Settings): AwsPlace | undefined {
  if (target !== "aws" || aws === undefined) return undefined;
  const { accountId, region, network } = aws;
  return { accountId, region, ...(network.adopted === null ? { addressRange: network.addressRange } : { vpcId: network.adopted.vpcId }) };
}

function moves(former: AwsPlace, present: AwsPlace): Fault[] {
  const whole = (["accountId", "region"] as const).filter((key) => former[key] !== present[key]).map((key) => moved(key, present[key], former[key]));
  return [...whole, ...networkMoves(former, present)];
}

function networkMoves(former: AwsPlace, present: AwsPlace): Fault[] {
  if (former.vpcId !== present.vpcId) {
    const key = former.vpcId === undefined || present.vpcId === undefined ? "network.adopted" : "network.adopted.vpcId";
    return [moved(key, present.vpcId ?? null, former.vpcId ?? "null, a network of its own")];
  }
  if (former.addressRange !== present.addressRange) return [moved("network.addressRange", present.addressRange, String(former.addressRange))];
  return [];
}

function moved(key: string, value: unknown, had: string): Fault {
  return { key: `aws.${key}`, value, allowed: `${had}, which the stack has`, remedy: "set it back, or take the stack down first (bin/down STACK)" };
}

function isPlace(value: unknown): value is AwsPlace {
  return typeof value === "object" && value !== null && "accountId" in value && "region" in value;
}
