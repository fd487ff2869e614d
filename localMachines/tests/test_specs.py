"""Tests of what may be asked for."""

import json
import unittest
from pathlib import Path

from ..base.faults import Fault
from ..base.specs import read_machine, read_network, read_range
from .support import PRIVATE_KEY, machine_json


class ReadMachine(unittest.TestCase):
    """The JSON that asks for a machine."""

    def test_reads_a_machine_whose_settings_hold_no_secret(self) -> None:
        spec = read_machine(machine_json())
        self.assertEqual(spec.folder, Path("/nowhere/web-1"))
        self.assertEqual(spec.settings()["cpus"], 1)
        for hidden in ("hostPrivateKey", "incarnation", "directory"):
            self.assertNotIn(hidden, spec.settings())
        self.assertNotIn(PRIVATE_KEY.split("\n")[1], repr(spec))

    def test_the_usual_image_is_no_setting_so_that_machines_of_before_stay(self) -> None:
        self.assertNotIn("image", read_machine(machine_json()).settings())
        self.assertEqual(read_machine(machine_json(image="database")).settings()["image"], "database")
        with self.assertRaisesRegex(Fault, "image: got 'cloud'|image: got cloud"):
            read_machine(machine_json(image="cloud"))

    def test_a_relative_folder_starts_at_the_current_one(self) -> None:
        self.assertEqual(read_machine(machine_json(directory="state/web-1")).folder, Path.cwd() / "state/web-1")

    def test_refuses_a_field_that_is_wrong_and_names_it(self) -> None:
        wrong = {
            "name": "Web_1",
            "address": "10.9.8",
            "gateway": "x",
            "bridge": "a-name-of-sixteen",
            "cpus": 0,
            "memoryMegabytes": 1,
            "user": "../root",
            "authorizedKey": "one two\nthree four",
            "hostPublicKey": "x",
            "prefixLength": "24",
        }
        for name, value in wrong.items():
            with self.subTest(name), self.assertRaisesRegex(Fault, rf"{name}: got .*; allowed: .*; correct it"):
                read_machine(machine_json(**{name: value}))

    def test_names_the_setting_of_a_size(self) -> None:
        with self.assertRaisesRegex(Fault, "^portico:local.balancer.cpus: got 0"):
            read_machine(machine_json(cpus=0, sizeSetting="portico:local.balancer"))

    def test_refuses_a_private_key_that_is_none_without_showing_it(self) -> None:
        with self.assertRaises(Fault) as caught:
            read_machine(machine_json(hostPrivateKey="hunter2"))
        self.assertNotIn("hunter2", str(caught.exception))

    def test_refuses_missing_and_unknown_fields(self) -> None:
        with self.assertRaisesRegex(Fault, "^user: got nothing"):
            read_machine(machine_json(user=None))
        with self.assertRaisesRegex(Fault, "^colour: got an unknown field"):
            read_machine(machine_json(colour="red"))

    def test_user_data_stands_for_user_and_keys_and_is_no_setting(self) -> None:
        nothing = dict.fromkeys(("user", "authorizedKey", "hostPrivateKey", "hostPublicKey"))
        spec = read_machine(machine_json(userData="#cloud-config hunter2", **nothing))
        self.assertEqual(spec.userData, "#cloud-config hunter2")
        self.assertNotIn("hunter2", repr(spec))
        self.assertNotIn("userData", spec.settings())
        for name in nothing:
            with (
                self.subTest(name),
                self.assertRaisesRegex(Fault, f"^{name}: got a value beside userData; allowed: nothing"),
            ):
                read_machine(machine_json(userData="#cloud-config", **{**nothing, name: "admin"}))

    def test_refuses_true_as_a_number(self) -> None:
        with self.assertRaisesRegex(Fault, "cpus: got a value of type bool"):
            read_machine(machine_json(cpus=True))

    def test_refuses_what_is_no_object(self) -> None:
        for text in ("", "{", "[]", '"x"'):
            with self.subTest(text), self.assertRaisesRegex(Fault, "one JSON object"):
                read_machine(text)


class ReadNetwork(unittest.TestCase):
    """The JSON that asks for a network."""

    def test_reads_a_network(self) -> None:
        spec = read_network(json.dumps({"bridge": "br0", "addressRange": "10.9.8.0/24", "owner": "/srv/dev"}))
        self.assertEqual((spec.bridge, spec.folder, spec.incarnation), ("br0", Path("/srv/dev"), ""))

    def test_takes_private_ranges_only(self) -> None:
        for text in ("10.0.0.0/16", "10.0.0.0/24", "172.31.255.0/28", "192.168.1.0/26"):
            self.assertEqual(str(read_range(text)), text)
        for text in ("8.8.8.0/24", "172.32.0.0/24", "10.0.0.0/15", "10.0.0.0/29", "10.0.0.1/24", "fd00::/64", "x"):
            with self.subTest(text), self.assertRaisesRegex(Fault, f"^portico:local.addressRange: got {text}; allowed"):
                read_range(text)


if __name__ == "__main__":
    unittest.main()
