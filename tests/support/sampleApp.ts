import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lockFor } from "./fakePip";

/** Made-up wheels of a made-up application. */
export const sampleWheels = { "flask-3.1.3-py3-none-any.whl": "flask", "gunicorn-26.1.0-py3-none-any.whl": "gunicorn" };

export const sampleFiles: Record<string, string> = {
  "shop/__init__.py": "app = object()\n",
  "shop/pages/list.py": "pages = []\n",
  "static/app.css": "body {}\n",
  "static/img/logo.svg": "<svg/>\n",
  "requirements.lock": lockFor(sampleWheels),
};

export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Writes an application with one program in it. */
export function writeSampleApp(folder: string, files: Record<string, string> = sampleFiles): void {
  writeFiles(folder, { ...files, "bin/report": "#!/bin/sh\n" });
  chmodSync(join(folder, "bin/report"), 0o700);
}
