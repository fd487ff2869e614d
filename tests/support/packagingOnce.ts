type Packaging = typeof import("../../lib/release/python/distributions");

const answers = new Map<string, unknown>();

/**
 * In the place of lib/release/python/distributions, for tests that read the same lock many times: the real answers, by one
 * Python for each question instead of one for each time that it is asked.
 */
export function queryPackaging(...question: Parameters<Packaging["queryPackaging"]>): unknown {
  const key = JSON.stringify(question);
  const actual = jest.requireActual<Packaging>("../../lib/release/python/distributions");
  if (!answers.has(key)) answers.set(key, actual.queryPackaging(...question));
  return answers.get(key);
}
