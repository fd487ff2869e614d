import { replaceSetting } from "../../lib/stack/stackFileText";

const path = ["config", "portico:aws", "machines", "imageId"];

const text = `# Settings
config:
  portico:target: aws
  portico:aws:
    accountId: "123456789012"
    other:
      imageId: ami-0000000000000001
    machines:
      # The image; a comment with imageId: ami-0000000000000002
      imageId: ami-0123456789abcdef0 # pinned
      overrides:
        web-2:
          imageId: ami-0000000000000003
    network: { imageId: ami-0000000000000004 }
`;

describe("replaceSetting", () => {
  it("changes the value in the one line of the setting and no other byte", () => {
    const changed = replaceSetting(text, path, "ami-0fedcba9876543210")!;
    expect(changed).toBe(text.replace("ami-0123456789abcdef0", "ami-0fedcba9876543210"));
  });

  it("reaches a setting below another machine's name, and not its namesake above", () => {
    const changed = replaceSetting(
      text,
      ["config", "portico:aws", "machines", "overrides", "web-2", "imageId"],
      "ami-0fedcba9876543210",
    );
    expect(changed).toBe(text.replace("ami-0000000000000003", "ami-0fedcba9876543210"));
  });

  it("keeps quotes, and line ends of either kind", () => {
    const quoted = "config:\r\n  portico:aws:\r\n    machines:\r\n      imageId: 'ami-0123456789abcdef0'\r\n";
    expect(replaceSetting(quoted, path, "ami-0fedcba9876543210")).toBe(
      quoted.replace("ami-0123456789abcdef0", "ami-0fedcba9876543210"),
    );
  });

  it("changes a setting that shares its line with others", () => {
    const flow = "config:\n  portico:aws:\n    machines: { imageId: ami-0123456789abcdef0, count: 2 }\n";
    expect(replaceSetting(flow, path, "ami-0fedcba9876543210")).toBe(
      flow.replace("ami-0123456789abcdef0", "ami-0fedcba9876543210"),
    );
  });

  it("changes nothing where the setting is missing, or the file is no YAML", () => {
    expect(replaceSetting("config:\n  portico:aws:\n    machines:\n      imageId:\n", path, "x")).toBeUndefined();
    expect(replaceSetting(`${text}  : [\n`, path, "x")).toBeUndefined();
    expect(
      replaceSetting(
        "config:\n  portico:aws:\n    machines:\n      count: 2\n    imageId: ami-0123456789abcdef0\n",
        path,
        "x",
      ),
    ).toBeUndefined();
    expect(replaceSetting("", path, "x")).toBeUndefined();
  });
});
