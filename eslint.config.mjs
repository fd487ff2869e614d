import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** Layers: lib/ imports nothing of ours and no Pulumi, components/ import lib/, index.ts imports both. */
const restrict = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });
const noPulumi = { group: ["@pulumi/*"], message: "lib/ is plain TypeScript: values before effects." };
const noUpwards = (...groups) => ({ group: groups, message: "a layer imports only the layers below it." });

export default tseslint.config(
  { ignores: ["node_modules/", ".portico/", "coverage/"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    plugins: { "@pulumi": pulumi },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      complexity: ["error", 10],
    },
  },
  { files: ["lib/**/*.ts"], rules: restrict(noPulumi, noUpwards("**/components/*", "**/config", "**/index.ts")) },
  { files: ["components/**/*.ts"], rules: restrict(noUpwards("**/config", "../index", "../bin/*")) },
  { files: ["tests/**/*.ts"], rules: { "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }] } },
  { files: ["*.js"], rules: { "@typescript-eslint/no-require-imports": "off" } },
);
