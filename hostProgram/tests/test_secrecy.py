"""What is printed by calls that show logs: never the values of secrets, whichever state or slot they belong to."""

import hashlib
from dataclasses import replace
from unittest import mock

from portico_host.base.errors import HostError
from portico_host.bundle.managed_file import ManagedFile
from portico_host.release import revisions
from portico_host.transaction import activate, slot_switch
from support import GROUP, OWNER
from trials import TrialCase

KEY_PATH = "/etc/portico/tls/server.key"
KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAabcdefghij\n-----END PRIVATE KEY-----\n"


class SecrecyTest(TrialCase):
    """Release 1 serves with a secret of its own; release 2 brings another one, and a key in a file."""

    def test_secrets_of_what_comes_and_of_what_serves_and_secret_files_are_hidden_in_activate(self) -> None:
        revisions.write(self.context, self.stage(1), {"database": "of-the-first"})
        file = ManagedFile(KEY_PATH, "0600", OWNER, GROUP, hashlib.sha256(KEY.encode()).hexdigest(), "nginx")
        plan = replace(self.stage(2), secret_files=(file,))
        place = plan.tree / KEY_PATH.lstrip("/")
        place.parent.mkdir(parents=True)
        place.write_text(KEY)
        plan.save()
        revisions.write(self.context, plan, {"database": "of-the-second"})
        log = ["of-the-first", "of-the-second", "MC4CAQAwBQYDK2VwBCIEIAabcdefghij", "nothing secret"]
        with (
            mock.patch.object(slot_switch, "prove_slot", side_effect=HostError("no answer", log)),
            self.assertRaises(HostError) as caught,
        ):
            activate.activate(self.context, plan.result(), self.program)
        self.context.report.failure(caught.exception)
        printed = self.text.getvalue()
        for secret in log[:-1]:
            self.assertNotIn(secret, printed)
        self.assertEqual(printed.count("[redacted]"), 3)
        self.assertIn("nothing secret", printed)
