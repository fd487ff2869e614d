/** The levels of tests that Jest runs are folders of tests/; bin/commands/tests/suites.ts names all suites, cheapest first. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  reporters: ["default", "<rootDir>/tests/support/skippedReporter.js"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
};
