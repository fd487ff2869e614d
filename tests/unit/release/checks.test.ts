import { sizeFaults } from "../../../lib/release/checks";

const entries = [{ size: 3 }, { size: 4 }];
const limits = { releaseUnpackedBytes: 7, releaseMembers: 2 };

describe("the size of an application", () => {
  it("may be what hosts take", () => {
    expect(sizeFaults("app", entries, limits)).toEqual([]);
    expect(sizeFaults("app", entries)).toEqual([]);
  });

  it.each([{ releaseUnpackedBytes: 6 }, { releaseMembers: 1 }])("is refused beyond %p, with what to do", (less) => {
    expect(sizeFaults("app", entries, { ...limits, ...less })).toMatchObject([
      { key: "app.folder", value: "app, with 7 bytes in 2 files", remedy: expect.stringContaining(".porticoignore") },
    ]);
  });
});
