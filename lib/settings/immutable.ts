import { SettingsError, type Fault, type Settings } from ".";

/** What everything of a stack stands on, by the keys of the settings that say it. */
export type ImmutableSettings = Readonly<Record<string, string | null>>;

/** Null in it where the stack has a network of its own. */
const vpcKey = "aws.network.adopted.vpcId";

/** Output of the stack from which the next update reads its place. */
export function immutableOutput(settings: Settings): { place: ImmutableSettings } {
  return { place: immutableOf(settings) };
}

/**
 * Throws a SettingsError when a stack is to move to another target, account, region, network or system. What it stands on
 * cannot be in both places: an update would stop half way, or take the site away before the new one serves.
 */
export function checkImmutable(previous: unknown, settings: Settings): void {
  const faults = moves(readImmutable(previous), immutableOf(settings));
  if (faults.length > 0) throw new SettingsError(faults);
}

function immutableOf({ target, local, aws }: Settings): ImmutableSettings {
  if (target === "local") return { target, "local.addressRange": local.addressRange, "local.platform": local.platform };
  if (target !== "aws" || aws === undefined) return { target };
  const { accountId, region, network } = aws;
  const ofNetwork: ImmutableSettings =
    network.adopted === null
      ? { [vpcKey]: null, "aws.network.addressRange": network.addressRange }
      : { [vpcKey]: network.adopted.vpcId };
  return { target, "aws.accountId": accountId, "aws.region": region, ...ofNetwork };
}

function moves(previous: ImmutableSettings, present: ImmutableSettings): Fault[] {
  const changed = Object.keys(present).filter((key) => key in previous && previous[key] !== present[key]);
  return (changed.includes("target") ? ["target"] : changed).map((key) =>
    moved(key, present[key] ?? null, previous[key] ?? null),
  );
}

function moved(key: string, value: string | null, had: string | null): Fault {
  const whole = key === vpcKey && (value === null || had === null);
  const allowed = `${had ?? "null, a network of its own"}, which the stack has`;
  return {
    key: whole ? "aws.network.adopted" : key,
    value,
    allowed,
    remedy: "set it back, or take the stack down first (bin/down STACK)",
  };
}

/** Stacks of target aws said it by shorter names once, those of other targets not at all. */
function readImmutable(value: unknown): ImmutableSettings {
  if (typeof value !== "object" || value === null) return {};
  const previous = value as Record<string, string>;
  if (previous.accountId === undefined) return previous;
  const { accountId, region = null, addressRange, vpcId = null } = previous;
  return {
    target: "aws",
    "aws.accountId": accountId,
    "aws.region": region,
    [vpcKey]: vpcId,
    ...(addressRange !== undefined && { "aws.network.addressRange": addressRange }),
  };
}
