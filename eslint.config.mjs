import pulumi from "@pulumi/eslint-plugin";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
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
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { "@pulumi": pulumi, "import-x": importX },
    settings: {
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js"] })],
    },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "import-x/no-cycle": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      complexity: ["error", 10],
    },
  },
  {
    files: ["lib/**/*.ts"],
    rules: restrict(noPulumi, noUpwards("**/components/**", "**/bin/**", "**/config", "**/index.ts")),
  },
  { files: ["components/**/*.ts"], rules: restrict(noUpwards("**/bin/**", "**/../config", "**/../index")) },
  {
    files: ["tests/**/*.ts"],
    rules: {
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      // Tests read what programs print and what mocks were given, which no type describes.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-implied-eval": "off",
    },
  },
  { files: ["*.js", "bench/**/*.js"], rules: { "@typescript-eslint/no-require-imports": "off" } },
);
