/**
 * Environment markers (the dependency specifiers standard, formerly PEP 508) are checked for the host. pip checks them
 * for the interpreter that it runs in, whatever --python-version says, which is wrong on another computer.
 */
export type MarkerEnvironment = Readonly<Record<string, string>>;

/** What markers see on a Linux host with CPython. */
export function hostMarkers(python: string, architecture: string): MarkerEnvironment {
  return {
    os_name: "posix",
    sys_platform: "linux",
    platform_system: "Linux",
    platform_machine: architecture,
    platform_python_implementation: "CPython",
    implementation_name: "cpython",
    python_version: python,
    python_full_version: `${python}.0`,
    implementation_version: `${python}.0`,
    platform_release: "",
    platform_version: "",
    extra: "",
  };
}
