import errno
import unittest

from portico_host.base.errors import HostError, as_host_error


class ErrorsTest(unittest.TestCase):
    def of(self, error: Exception) -> str:
        try:
            raise error
        except Exception as raised:
            return as_host_error(raised).message

    def test_a_full_disk_is_named_as_one_with_what_could_not_be_written(self) -> None:
        full = OSError(errno.ENOSPC, "No space left on device", "/opt/portico/releases/r1")
        self.assertRegex(
            self.of(full),
            r"^disk: got no space left for /opt/portico/releases/r1 \(test_errors\.py:\d+\); allowed: room for what",
        )
        self.assertRegex(self.of(OSError(errno.EDQUOT, "over quota")), r"^disk: got no space left \(test_errors")

    def test_others_show_where_they_came_from(self) -> None:
        self.assertRegex(
            self.of(OSError(errno.EIO, "I/O error")), r"^test_errors\.py:\d+: got OSError: .*; look at the disk"
        )
        self.assertRegex(
            self.of(KeyError("x")), r"^test_errors\.py:\d+: got KeyError: 'x'; .*; a fault of portico-host"
        )
        named = HostError("host: got nothing")
        self.assertIs(as_host_error(named), named)


if __name__ == "__main__":
    unittest.main()
