export { SettingsError, type Fault } from "./faults";
export { parseSettings } from "./parse";
export { settingsSchema, type Settings } from "./schema";
