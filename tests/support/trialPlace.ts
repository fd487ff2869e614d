import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pinsOf } from "../../lib/release/locks/tools";
import { Issuer } from "./issuer";

const applicationModule = `"""The sample with a second set of health paths, so that either set can be named."""

from portico_sample import app

app.add_url_rule("/alive", "alive", lambda: "ok")
app.add_url_rule("/up", "up", lambda: "ok")
`;

/** Names of the site on machines and hosts. Every certificate of the trials is for them, and for those of a stack on AWS. */
export const trialDomains = ["portico.internal", "shop.internal"];
const certified = [...trialDomains, "staging.example.com", "shop.example.com"];

/** Files that settings can name, in a folder: two applications, a second lock and static folder, public certificates. */
export class TrialPlace {
  readonly app: string;
  readonly otherApp: string;
  /** Error pages of somebody's own. */
  readonly pages: string;
  private readonly issuer: Issuer;

  constructor(folder: string) {
    [this.app, this.otherApp] = ["trial-app", "other-app"].map((name) => path.join(folder, name)) as [string, string];
    for (const app of [this.app, this.otherApp]) {
      cpSync(path.resolve("app"), app, { recursive: true });
      cpSync(path.join(app, "static"), path.join(app, "assets"), { recursive: true });
      cpSync(path.join(app, "requirements.lock"), path.join(app, "other.lock"));
      writeFileSync(path.join(app, "pylock.toml"), lockWithTrial(path.join(app, "requirements.lock")));
      writeFileSync(path.join(app, "trial.py"), applicationModule);
      writeFileSync(path.join(app, "other_trial.py"), 'from trial import app\n\n__all__ = ["app"]\n');
    }
    writeFileSync(path.join(this.otherApp, "NOTE"), "another application\n");
    this.pages = path.join(folder, "pages");
    mkdirSync(this.pages);
    writeFileSync(path.join(this.pages, "503.html"), "<!doctype html><title>Back soon</title>\n");
    mkdirSync(path.join(folder, "certificates"));
    this.issuer = new Issuer(path.join(folder, "certificates"));
    this.issuer.issue("root", { authority: true });
    this.issuer.issue("between", { authority: true, by: "root" });
    for (const name of ["first", "second"]) this.issuer.issue(name, { by: "root", names: certified });
    this.issuer.issue("third", { by: "between", names: certified });
  }

  file(name: string): string {
    return path.join(this.issuer.folder, name);
  }

  /** A file's content, as a secret of the stack file. */
  read(name: string): string {
    return this.issuer.read(name);
  }
}

/** The lock of the sample in the form of PEP 751, with one package more for the extra, or the group, `trial`. */
function lockWithTrial(lock: string): string {
  const more = /^distlib==[^]*?(?=^\w)/m.exec(readFileSync(pinsOf("pipenv"), "utf8"))![0];
  const optional = "marker = \"'trial' in extras or 'trial' in dependency_groups\"";
  const head = 'lock-version = "1.0"\ncreated-by = "trial"\nextras = ["trial"]\ndependency-groups = ["trial"]\n';
  return [head, ...lockedPackages(readFileSync(lock, "utf8")), ...lockedPackages(more), optional, ""].join("\n");
}

function lockedPackages(requirements: string): string[] {
  return [...requirements.matchAll(/^([\w.-]+)==(\S+)((?:\s+\\?\s*--hash=sha256:\w+)+)/gm)].map(
    ([, name, version, hashes]) => {
      const file = `${name!.replaceAll("-", "_")}-${version}-py3-none-any.whl`;
      const wheels = [...hashes!.matchAll(/sha256:(\w+)/g)].map(
        ([, hash]) => `{ url = "https://index.invalid/${file}", hashes = { sha256 = "${hash}" } }`,
      );
      return `[[packages]]\nname = "${name}"\nversion = "${version}"\nwheels = [${wheels.join(", ")}]`;
    },
  );
}
