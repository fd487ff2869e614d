from portico_host.system import replaced_files
from support import HostCase

LIBSSL = "7f00-7f01 r-xp 00001000 08:01 42                         /usr/lib/x86_64-linux-gnu/libssl.so.3"
DATA = "7f01-7f02 r--p 00001000 08:01 42                         /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)"
NGINX_UNIT = "0::/system.slice/portico-nginx.service"


class ReplacedFilesTest(HostCase):
    def process(self, number: int, *maps: str, cgroup: str = NGINX_UNIT) -> None:
        folder = self.paths.live(f"/proc/{number}")
        folder.mkdir(parents=True)
        (folder / "maps").write_text("".join(f"{line}\n" for line in maps))
        (folder / "cgroup").write_text(f"{cgroup}\n")

    def held(self, *maps: str) -> set[str]:
        self.process(7, *maps)
        return replaced_files.held_by(self.paths, 7)

    def test_a_library_that_was_replaced_is_named(self) -> None:
        self.assertEqual(self.held(LIBSSL, f"{LIBSSL} (deleted)"), {"libssl.so.3"})

    def test_so_is_a_program_before_its_folders_were_merged(self) -> None:
        self.assertEqual(self.held("5-6 r-xp 0 08:01 9 /sbin/agent (deleted)"), {"agent"})

    def test_what_is_on_the_disk_is_none(self) -> None:
        self.assertEqual(self.held(LIBSSL, "7-8 r-xp 0 00:00 0 [vdso]"), set())

    def test_nor_is_what_no_package_brought_or_no_code_is_run_from(self) -> None:
        places = ("/memfd:x", "/tmp/x.so", "/dev/zero", "/opt/portico/environments/e/lib/python3/x.so", "/SYSV00000000")
        lines = [f"7-8 rwxp 0 00:01 5 {place} (deleted)" for place in places]
        self.assertEqual(self.held(DATA, *lines), set())

    def test_a_process_that_ended_holds_nothing(self) -> None:
        self.assertEqual(replaced_files.held_by(self.paths, 7), set())
        self.assertEqual(replaced_files.by_service(self.paths), {})

    def test_services_are_told_with_what_their_processes_hold(self) -> None:
        old = f"{LIBSSL} (deleted)"
        self.process(1, old, cgroup="0::/init.scope")
        self.process(10, old)
        self.process(11, old.replace("libssl", "libz"))
        self.process(12, LIBSSL, cgroup="0::/system.slice/ssh.service")
        self.process(13, old, cgroup="0::/user.slice/user-1000.slice/session-3.scope")
        self.process(14, old, cgroup="0::/user.slice/user-1000.slice/user@1000.service/app.slice/mine.service")
        self.process(15, old, cgroup="1:name=systemd:/system.slice/system-portico.slice/portico-app@blue.service")
        self.assertEqual(
            replaced_files.by_service(self.paths),
            {
                "portico-nginx.service": {"libssl.so.3", "libz.so.3"},
                "user@1000.service": {"libssl.so.3"},
                "portico-app@blue.service": {"libssl.so.3"},
            },
        )
