"""The host program of Portico: brings one machine to one release, as one transaction per call.

`cli.py` has the commands; `inspection.py` those that only report (`status`, `history`, `answers`). The rooms, each of which
imports those above it only:

| room | what |
|---|---|
| `base` | the contract with the deployer, errors, whole writes, processes, paths, the lock, the report, the order of all steps |
| `bundle` | the bundle, its description, a managed file |
| `state` | what is recorded below /var/lib/portico: staged states, record, history, lease, manifest, a rollback's ban |
| `units` | systemd: its state and its jobs; the two slots; evidence of a unit that failed |
| `system` | platform and packages, what was replaced and asks for a reboot, users, kernel settings, mounts, where this program is installed |
| `nginx` | its unit, its reload and upgrade, what a balancer shows visitors and hosts, whom a host answers, certificates |
| `release` | releases, environments, revisions, static files: unpacked, compared, repaired, kept, removed |
| `probes` | requests over HTTP: to one slot, this host as the balancer or a visitor does |
| `health_check` | `watch`, `drain`, `resume`: the balancer's active health check |
| `preflight` | Nginx, systemd and sshd check their files before these are in place |
| `acme` | `certify`: the site's certificate by ACME, ordered, checked, shown, renewed |
| `balancer` | `gate`, `visit`, `trust`: the balancer's part in an update before its own switch |
| `staging` | `stage` with its rehearsal, `migrate` |
| `checks` | `check`: this host compared with what was deployed, one module for each subject |
| `apply` | files on the disk become those of a state, with all that has to follow; drift |
| `transaction` | `activate`, `confirm`, `revert`, `expire`, `rollback`, `restart`, `forget`, `reboot`, `heal`, and the undo of a failure |
| `telemetry` | `observe`: metrics and logs for CloudWatch |
"""
