import { posix } from "node:path";
import type { ProjectFiles, Source } from "./sources";

export type Framework = "Django" | "FastAPI" | "Starlette" | "Flask";

/** What Gunicorn is to serve. */
export interface FoundApplication {
  framework: Framework;
  /** `package.module:callable`. */
  module: string;
  /** The file that it was found in. */
  source: string;
}

interface Sign {
  framework: Framework;
  /** What a file of such an application holds, the name of the callable first. */
  pattern: RegExp;
  /** How the name is written after the module. */
  callable: (name: string) => string;
}

/** In the order of their weight: a Django project may hold a script that makes a small Flask application. */
const signs: readonly Sign[] = [
  { framework: "Django", pattern: /^(\w+)\s*=\s*get_wsgi_application\(\)/m, callable: (name) => name },
  {
    framework: "FastAPI",
    pattern: /^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:fastapi\.)?FastAPI\(/m,
    callable: (name) => name,
  },
  { framework: "Starlette", pattern: /^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*Starlette\(/m, callable: (name) => name },
  { framework: "Flask", pattern: /^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:flask\.)?Flask\(/m, callable: (name) => name },
  { framework: "Flask", pattern: /^(\w+)\s*=\s*create_app\(\)/m, callable: (name) => name },
  // A factory that has a value for each of its parameters.
  {
    framework: "Flask",
    pattern: /^def (create_app|make_app)\((?:\s*\w+[^,()=]*=[^,()]*,?)*\s*\)/m,
    callable: (name) => `${name}()`,
  },
];

/** The application that a project most likely serves, and the others that might be it. */
export function findApplications({ sources }: ProjectFiles): FoundApplication[] {
  const isPlain = ({ path }: Source) => path.split("/").every((part) => /^[A-Za-z_]\w*(\.py)?$/.test(part));
  return signs.flatMap(({ framework, pattern, callable }) =>
    sources
      .filter(isPlain)
      .filter(({ text }) => framework !== "Flask" || /\bflask\b/i.test(text))
      .flatMap(({ path, text }) => {
        const name = pattern.exec(text)?.[1];
        return name === undefined ? [] : [{ framework, module: `${moduleOf(path)}:${callable(name)}`, source: path }];
      })
      .sort((left, right) => left.source.split("/").length - right.source.split("/").length),
  );
}

/** The module that a file is, by its path. */
export function moduleOf(path: string): string {
  const { dir, name } = posix.parse(path);
  const parts = [...(dir === "" ? [] : dir.split("/")), ...(name === "__init__" ? [] : [name])];
  return parts.join(".");
}
