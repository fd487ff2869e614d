/** A property value as it travels to the engine. */
export type Wire = string | number | boolean | null | Wire[] | { [key: string]: Wire };

/** Keys and values by which the SDK marks what is no plain value. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Secret {
  [key: string]: Wire;
  value: Wire;
}

/** Whether the value is secret as a whole. */
export function isSecret(value: Wire | undefined): value is Secret {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && value[signatureKey] === secretSignature
  );
}

/** Whether the value, or what is in its secret, is one that only the deployment will tell. */
export function isUnknown(value: Wire | undefined): boolean {
  return isSecret(value) ? isUnknown(value.value) : value === unknownMark;
}

/** A text of a property, and where it is. */
export interface FoundText {
  /** Dotted. */
  path: string;
  text: string;
  /** Whether it, or something that it is part of, is secret. */
  secret: boolean;
}

/** All texts of a value, keys of maps among them. */
export function textsOf(value: Wire | undefined, path = "", secret = false): FoundText[] {
  if (typeof value === "string") return [{ path, text: value, secret }];
  if (typeof value !== "object" || value === null) return [];
  if (isSecret(value)) return textsOf(value.value, path, true);
  return Object.entries(value).flatMap(([key, item]) => {
    const below = path === "" ? key : `${path}.${key}`;
    return [{ path: below, text: key, secret }, ...textsOf(item, below, secret)];
  });
}

/** The value without its wrappers. */
export function reveal(value: Wire | undefined): Wire | undefined {
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map((item) => reveal(item) as Wire);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item) as Wire]));
}
