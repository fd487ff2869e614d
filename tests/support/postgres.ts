import { execFileSync } from "node:child_process";
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const programs = "/usr/lib/postgresql";

export interface Database {
  port: number;
  stop(): void;
}

/**
 * A PostgreSQL server of the test's own on this computer, with a database and a user `notes`; machines in `network` may
 * connect to it with the password, nobody else may.
 */
export function startPostgres({
  port,
  network,
  password,
}: {
  port: number;
  network: string;
  password: string;
}): Database {
  if (!existsSync(programs))
    execFileSync("apt-get", ["-qq", "-y", "--no-install-recommends", "install", "postgresql"], { stdio: "ignore" });
  const bin = path.join(programs, readdirSync(programs).sort().at(-1)!, "bin");
  const folder = mkdtempSync(path.join(tmpdir(), "portico-postgres-"));
  const [user, group] = ["-u", "-g"].map((option) =>
    Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" })),
  );
  chownSync(folder, user!, group!);
  const asPostgres = (program: string, words: string[], input = "") =>
    execFileSync("runuser", ["-u", "postgres", "--", path.join(bin, program), ...words], {
      input,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "inherit"],
      cwd: folder,
    });
  const data = path.join(folder, "data");
  const stop = () => {
    if (existsSync(path.join(data, "postmaster.pid")))
      asPostgres("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    asPostgres("initdb", ["-D", data, "--auth=trust", "--encoding=UTF8", "--no-sync"]);
    writeFileSync(path.join(data, "pg_hba.conf"), `local all all trust\nhost notes notes ${network} scram-sha-256\n`);
    appendFileSync(
      path.join(data, "postgresql.conf"),
      `listen_addresses = '*'\nport = ${port}\nunix_socket_directories = '${folder}'\nfsync = off\nmax_connections = 200\n`,
    );
    asPostgres("pg_ctl", ["-D", data, "-w", "-l", path.join(folder, "log"), "start"]);
    asPostgres(
      "psql",
      ["-h", folder, "-p", String(port), "-q", "-v", "ON_ERROR_STOP=1", "postgres"],
      `CREATE USER notes PASSWORD '${password}';\nCREATE DATABASE notes OWNER notes;\n`,
    );
  } catch (error) {
    stop();
    throw error;
  }
  return { port, stop };
}
