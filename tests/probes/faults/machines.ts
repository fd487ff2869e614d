import { group, type Probe } from "../probe";

/** localMachines/: machines on this computer. */
export const machines: readonly Probe[] = [
  ...group({ python: ["test_disk"] }, [
    {
      name: "a link on a machine leads to this computer",
      file: "disk.py",
      find: "flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW",
      replace: "flags = os.O_RDONLY | os.O_DIRECTORY",
    },
    {
      name: "a key on a disk is open while it is written",
      file: "disk.py",
      find: "os.O_EXCL, 0o600, dir_fd=folder)",
      replace: "os.O_EXCL, 0o666, dir_fd=folder)",
    },
    {
      name: "a host key of a machine is open",
      file: "disk.py",
      find: 'DiskFile(key, f"{spec.hostPrivateKey.strip()}\\n", 0o600)',
      replace: 'DiskFile(key, f"{spec.hostPrivateKey.strip()}\\n")',
    },
    {
      name: "a disk is used half made",
      file: "disk.py",
      find: "    partial.rename(root)\n",
      replace: "    shutil.copytree(partial, root, symlinks=True)\n",
    },
    {
      name: "two machines have one machine id",
      file: "disk.py",
      find: '    write_inside(partial, DiskFile("/etc/machine-id", machine_id, 0o444))\n',
      replace: "",
    },
  ]),
  ...group({ python: ["test_disk"] }, [
    {
      name: "a machine whose users have other numbers cannot read its key",
      file: "disk.py",
      find: "PurePosixPath(file.path), first_user(root) + file.owner",
      replace: "PurePosixPath(file.path), file.owner",
    },
  ]),
  ...group({ python: ["test_container"] }, [
    {
      name: "root of a machine is root of this computer",
      file: "container.py",
      find: '        "--private-users=pick",\n',
      replace: "",
    },
    {
      name: "a machine opens the devices on its disk",
      file: "container.py",
      find: "mount --bind -o nodev --",
      replace: "mount --bind --",
    },
  ]),
  ...group({ jest: ["unit/userNamespaces.test.ts"] }, [
    {
      name: "a kernel that allows no user namespace is found out by the first machine",
      file: "userNamespaces.ts",
      find: '"utf8")) === 0)',
      replace: '"utf8")) < 0)',
    },
  ]),
  ...group({ python: ["test_machine"] }, [
    {
      name: "programs of a machine are for everybody",
      file: "machine/machine.py",
      find: "        spec.folder.chmod(0o700)",
      replace: "        spec.folder.chmod(0o755)",
    },
    {
      name: "a machine with another disk runs on",
      file: "machine/machine.py",
      find: "return not spec.userData and _changed(spec, record) <= adjustment.SETTINGS or record.settings == spec.settings()",
      replace: "return True",
    },
    {
      name: "a machine without an answer is kept",
      file: "machine/machine.py",
      find: "        progress.say(str(fault))\n        return None\n",
      replace: "        progress.say(str(fault))\n        return record\n",
    },
    {
      name: "a machine that did not boot stays",
      file: "machine/machine.py",
      find: "    except Fault:\n        _clear(spec.folder, identifier)\n        raise\n",
      replace: "    except Fault:\n        raise\n",
    },
  ]),
  ...group({ python: ["test_network"] }, [
    {
      name: "a bridge of another stack is taken",
      file: "network/network.py",
      find: "    if link_exists(spec.bridge) and not _is_ours(spec.bridge, spec.folder):",
      replace: "    if False:",
    },
    {
      name: "a range that is routed elsewhere is taken",
      file: "network/network.py",
      find: "        _refuse_routed_range(spec, address_range)\n",
      replace: "",
    },
    {
      name: "a former address stays on the bridge",
      file: "network/network.py",
      find: '            run_ip("address", "delete", address, "dev", bridge)\n',
      replace: "            pass\n",
    },
    {
      name: "another owner's bridge is removed",
      file: "network/network.py",
      find: "        if link_exists(spec.bridge) and link_alias(spec.bridge) != alias_of(spec.folder):",
      replace: "        if False:",
    },
  ]),
  ...group({ python: ["test_commands"] }, [
    {
      name: "a fault of a machine is exit code 0",
      file: "localMachines/commands.py",
      find: "            print(fault.evidence, file=sys.stderr)\n        return 1\n",
      replace: "            print(fault.evidence, file=sys.stderr)\n        return 0\n",
    },
  ]),
];
