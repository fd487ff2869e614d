"""Clients of the stand-in for those beside the program: their calls are not taken for the program's."""

from typing import Any

import boto3
from botocore.config import Config

from .recorder import OWN_AGENT


def client(service: str, endpoint: str, region: str) -> Any:
    """A client of one service."""
    settings = Config(user_agent_extra=OWN_AGENT, s3={"addressing_style": "path"}, connect_timeout=5, read_timeout=60)
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        config=settings,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
