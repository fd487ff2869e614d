/** The levels of tests that Jest runs are folders of tests/; bin/commands/tests/suites.ts names all suites, cheapest first. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  // Only against a hang: no claim depends on how long a test takes, and this computer may be busy. Default: 5 s.
  testTimeout: 120_000,
  reporters: ["default", "<rootDir>/tests/support/skippedReporter.js"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
};
