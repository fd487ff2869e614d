import { acme } from "./faults/acme";
import { bench } from "./faults/bench";
import { certificates } from "./faults/certificates";
import { deployer } from "./faults/deployer";
import { firewall } from "./faults/firewall";
import { graph } from "./faults/graph";
import { hostChecks } from "./faults/hostChecks";
import { hostCommands } from "./faults/hostCommands";
import { hostConfiguration } from "./faults/hostConfiguration";
import { hostFiles } from "./faults/hostFiles";
import { hostHealthCheck } from "./faults/hostHealthCheck";
import { hostReleases } from "./faults/hostReleases";
import { hostSlots } from "./faults/hostSlots";
import { hostState } from "./faults/hostState";
import { hostTransaction } from "./faults/hostTransaction";
import { hostUnits } from "./faults/hostUnits";
import { hostUpkeep } from "./faults/hostUpkeep";
import { hosts } from "./faults/hosts";
import { hostWalls } from "./faults/hostWalls";
import { machines } from "./faults/machines";
import { processes } from "./faults/processes";
import { release } from "./faults/release";
import { rendering } from "./faults/rendering";
import { settings } from "./faults/settings";
import { siteAnswers } from "./faults/siteAnswers";
import { updates } from "./faults/updates";
import { data } from "./faults/data";
import type { Probe } from "./probe";

export const probes: readonly Probe[] = [
  ...settings,
  ...rendering,
  ...certificates,
  ...acme,
  ...hosts,
  ...firewall,
  ...processes,
  ...release,
  ...graph,
  ...hostCommands,
  ...hostState,
  ...hostChecks,
  ...hostHealthCheck,
  ...hostReleases,
  ...hostFiles,
  ...hostTransaction,
  ...hostSlots,
  ...hostConfiguration,
  ...siteAnswers,
  ...hostUnits,
  ...hostWalls,
  ...updates,
  ...hostUpkeep,
  ...data,
  ...machines,
  ...deployer,
  ...bench,
];
