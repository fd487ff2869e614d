const yaml = jest.requireActual<{ load(text: string): unknown }>("js-yaml");

export function parseYaml(text: string): unknown {
  return yaml.load(text);
}
