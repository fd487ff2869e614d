/** The part that is used of a package without types of its own. */
declare module "js-yaml" {
  export function load(text: string): unknown;
}
