"""The account before the first update: images and a hosted zone, as a user has them already."""

import json
import os
from pathlib import Path
from typing import Any

ACCOUNT_ID = "123456789012"
DOMAIN = "example.test"
ZONE_ID = "Z0123456789EXAMPLE"
IMAGES = {
    "imageId": ("ami-0a000000000000001", "debian-13-amd64-20260101", "x86_64", "2026-01-01T00:00:00.000Z"),
    "newerImageId": ("ami-0a000000000000002", "debian-13-amd64-20260201", "x86_64", "2026-02-01T00:00:00.000Z"),
    "otherImageId": ("ami-0a000000000000003", "debian-13-arm64-20260201", "arm64", "2026-02-01T00:00:00.000Z"),
}


def describe_images(file: Path) -> None:
    """Have moto know these images; must come before moto is imported, which reads the file then."""
    # Registered ones would lose their architecture.
    described = [
        {
            "ami_id": id_,
            "name": name,
            "architecture": architecture,
            "creation_date": made,
            "description": name,
            "owner_id": ACCOUNT_ID,
            "public": False,
            "virtualization_type": "hvm",
            "hypervisor": "xen",
            "root_device_name": "/dev/xvda",
            "root_device_type": "ebs",
        }
        for id_, name, architecture, made in IMAGES.values()
    ]
    file.write_text(json.dumps(described))
    os.environ["MOTO_AMIS_PATH"] = str(file)
    # Policies of AWS itself, such as the one for Session Manager.
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    os.environ["MOTO_ACM_VALIDATION_WAIT"] = "0"


def make_zone(route53: Any) -> None:
    """Make the hosted zone, with an id that begins with Z as all of AWS's do; moto's begin with any letter."""
    from moto.route53.models import HostedZoneIdentifier
    from moto.utilities.id_generator import moto_id_manager

    moto_id_manager.set_custom_id(HostedZoneIdentifier(ACCOUNT_ID, f"{DOMAIN}.", None), ZONE_ID)
    made = route53.create_hosted_zone(Name=DOMAIN, CallerReference="stand-in")["HostedZone"]["Id"]
    assert made.endswith(f"/{ZONE_ID}"), made


def contents() -> dict[str, str]:
    """What the tests must know of the account."""
    images = {key: image[0] for key, image in IMAGES.items()}
    return {"accountId": ACCOUNT_ID, "zoneId": ZONE_ID, "domain": DOMAIN, **images}
