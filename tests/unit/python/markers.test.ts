import { hostMarkers, markerHolds } from "../../../lib/release/python/markers";

const host = hostMarkers("3.13", "x86_64");

describe("environment markers, judged for the host", () => {
  test.each([
    ["python_version >= '3.11'", true],
    ["python_version < '3.13'", false],
    ["python_version > '3.9'", true],
    ["python_full_version < '3.14'", true],
    ["python_version == '3.*'", true],
    ["python_version != '3.13.*'", false],
    ["python_version ~= '3.11'", true],
    ["python_version ~= '2.7'", false],
    ['sys_platform == "win32"', false],
    ["sys_platform != 'win32' and os_name == 'posix'", true],
    ["platform_machine in 'x86_64 AMD64'", true],
    ["platform_machine not in 'x86_64 AMD64'", false],
    ["'linux' in sys_platform", true],
    ["platform_python_implementation === 'CPython'", true],
    ["implementation_name == 'pypy' or python_version < '3.8' and sys_platform == 'linux'", false],
    ["(implementation_name == 'pypy' or sys_platform == 'linux') and python_version >= '3'", true],
    ["sys_platform == 'linux' or python_version < '3.8'", true],
    ["sys_platform == 'linux' or python_version < '3.8' or implementation_name == 'pypy'", true],
    ["sys_platform == 'win32' and python_version < '3.8' or os_name == 'posix'", true],
    ["extra == 'dev'", false],
    ["'3.10'<=python_version", true],
  ])("%s is %s", (marker, holds) => expect(markerHolds(marker, host)).toBe(holds));

  test("tells Python 3.11 from 3.13, and one processor from another", () => {
    expect(markerHolds("python_version < '3.12'", hostMarkers("3.11", "x86_64"))).toBe(true);
    expect(markerHolds("platform_machine == 'aarch64'", hostMarkers("3.13", "aarch64"))).toBe(true);
  });

  test.each([
    ["python_version >= ", "asks for nothing"],
    ["colour == 'red'", "asks for colour, which is unknown"],
    ["(python_version > '3'", "closing parenthesis"],
    ["python_version > '3' 'x'", "unexpected"],
    ["python_version > '3' or colour == 'red'", "asks for colour, which is unknown"],
    ["python_version < '3' and colour == 'red'", "asks for colour, which is unknown"],
    ["python_version ? '3'", "cannot read"],
    ["python_version and '3'", "compares with and"],
    ["python_version > '3.*'", "uses > with 3.*"],
    ["__proto__ == 'x'", "is unknown"],
  ])("refuses %s", (marker, message) => expect(() => markerHolds(marker, host)).toThrow(message));
});
