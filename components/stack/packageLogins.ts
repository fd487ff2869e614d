import { checkNetrc } from "../../lib/release/python/credentials";
import { type Credentials, valueOf } from "./credentials";

/** Logins of package indexes, for pip on this computer alone; no resource gets them. Throws a SettingsError for what pip would not read. */
export async function packageLogins({ packageIndexNetrc }: Credentials): Promise<string | undefined> {
  return packageIndexNetrc === undefined ? undefined : checkNetrc(await valueOf(packageIndexNetrc));
}
