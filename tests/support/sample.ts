/** Whether everything is tried, as `npm run test:long` does; `npm test` takes some of each kind. */
export const everything = process.env.PORTICO_TEST_LONG !== undefined;

/** All of them, or in `npm test` those that `belongs` picks. */
export function sampled<T>(all: readonly T[], belongs: (each: T, index: number) => boolean): T[] {
  return everything ? [...all] : all.filter(belongs);
}

/** One of so many in a row. */
export function every(count: number): (each: unknown, index: number) => boolean {
  return (_each, index) => index % count === 0;
}
