"""Where moto answers otherwise than AWS does, and a stack would never come to rest, or a test would prove nothing."""

import time
from typing import Any

import xmltodict
from moto.acm.models import CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.core.responses import ActionResult
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.monitoring import Monitoring
from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup
from moto.route53.models import route53_backends
from moto.s3.responses import S3Response

from .account import ACCOUNT_ID
from .health import Check, Patience, Verdicts, judge


def amend() -> None:
    """Have moto answer as AWS does; once for a process."""
    _tell_absent_addresses()
    _tell_groups_of_interfaces()
    _keep_protection_of_new_instances()
    _switch_monitoring()
    _tell_descriptions_of_group_rules()
    _keep_tags_of_new_buckets()
    _keep_key_algorithms()
    _demand_validation_records()
    _ask_targets()
    _let_absent_targets_go()


def _tell_absent_addresses() -> None:
    """An interface without a public address has no association; moto tells an empty one, which the provider takes for an address."""
    told = NetworkInterface.association.fget
    NetworkInterface.association = property(lambda interface: told(interface) or None)


def _tell_groups_of_interfaces() -> None:
    """Groups given with an instance's first interface are the instance's; moto forgets them."""
    make = Instance.__init__

    def init(instance: Instance, *args: Any, **kwargs: Any) -> None:
        make(instance, *args, **kwargs)
        instance.security_groups = instance.security_groups or list(instance.nics[0].group_set)

    Instance.__init__ = init


def _keep_protection_of_new_instances() -> None:
    """Protection against termination may come with the making; moto takes it only later."""
    run = InstanceResponse.run_instances

    def run_instances(response: InstanceResponse) -> ActionResult:
        answer = run(response)
        for instance in answer.result.instances:
            instance.disable_api_termination = response._get_param("DisableApiTermination") is True
        return answer

    InstanceResponse.run_instances = run_instances


def _switch_monitoring() -> None:
    """Detailed monitoring is switched on after the start; moto answers an error, which the provider asks about for minutes."""

    def switch(state: str) -> Any:
        def act(response: Monitoring) -> ActionResult:
            instances = [response.ec2_backend.get_instance(id_) for id_ in response._get_param("InstanceIds", [])]
            for instance in instances:
                instance.monitoring_state = state
            return ActionResult(
                {
                    "InstanceMonitorings": [
                        {"InstanceId": instance.id, "Monitoring": instance.monitoring} for instance in instances
                    ]
                }
            )

        return act

    Monitoring.monitor_instances, Monitoring.unmonitor_instances = switch("enabled"), switch("disabled")


def _tell_descriptions_of_group_rules() -> None:
    """A rule for a group has its description beside the group; moto looks for it beside the range of addresses."""
    told = SecurityGroupRule.description.fget
    SecurityGroupRule.description = property(lambda rule: told(rule) or rule.source_group.get("Description"))


def _keep_tags_of_new_buckets() -> None:
    """Tags may come with the making of a bucket; moto passes over them."""
    put = S3Response._bucket_response_put

    def bucket_response_put(response: S3Response, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        answer = put(response, request, bucket_name, querystring)
        if not querystring and response.body:
            asked = xmltodict.parse(response.body, force_list=("Tag",))["CreateBucketConfiguration"]
            tags = (asked.get("Tags") or {}).get("Tag", [])
            response.backend.put_bucket_tagging(bucket_name, {tag["Key"]: tag["Value"] or "" for tag in tags})
        return answer

    S3Response._bucket_response_put = bucket_response_put


def _keep_key_algorithms() -> None:
    """moto makes every certificate with an RSA key, whatever was asked for."""
    request, describe = AWSCertificateManagerResponse.request_certificate, CertBundle.describe

    def request_certificate(response: AWSCertificateManagerResponse) -> Any:
        answer = request(response)
        if asked := response._get_param("KeyAlgorithm"):
            response.acm_backend.get_certificate(answer.result["CertificateArn"]).asked_algorithm = asked
        return answer

    def described(certificate: CertBundle) -> dict[str, Any]:
        answer = describe(certificate)
        answer["Certificate"]["KeyAlgorithm"] = getattr(
            certificate, "asked_algorithm", answer["Certificate"]["KeyAlgorithm"]
        )
        return answer

    AWSCertificateManagerResponse.request_certificate = request_certificate
    CertBundle.describe = described


def _demand_validation_records() -> None:
    """A certificate is issued when its records stand in a zone; moto issues each one after a while."""
    issue = CertBundle.check

    def check(certificate: CertBundle) -> None:
        options = certificate.describe()["Certificate"].get("DomainValidationOptions", [])
        if {option["ResourceRecord"]["Name"] for option in options} <= _record_names():
            issue(certificate)

    CertBundle.check = check


def _record_names() -> set[str]:
    zones = route53_backends[ACCOUNT_ID]["aws"].zones.values()
    return {f"{record.name.rstrip('.')}." for zone in zones for record in zone.rrsets}


def _ask_targets() -> None:
    """The health of a registered target is what the machine answers; moto calls each one healthy."""
    recorded = FakeTargetGroup.health_for
    verdicts = Verdicts()

    def health_for(group: FakeTargetGroup, target: dict[str, Any], ec2: Any) -> FakeHealthStatus:
        answer = recorded(group, target, ec2)
        key = (group.arn, answer.instance_id)
        if answer.status != "healthy":
            verdicts.forget(key)
            return answer
        found = judge(_check_of(group, int(answer.port), ec2.get_instance(answer.instance_id).private_ip))
        health = verdicts.after(key, found, _patience_of(group), time.monotonic())
        answer.status, answer.reason, answer.description = (
            health.state,
            health.reason or None,
            health.description or None,
        )
        return answer

    FakeTargetGroup.health_for = health_for


def _let_absent_targets_go() -> None:
    """A target that has left already may be deregistered again, as one whose instance is gone; moto answers an error."""
    deregister = FakeTargetGroup.deregister
    FakeTargetGroup.deregister = lambda group, targets: deregister(
        group, [target for target in targets if target["Id"] in group.targets]
    )


def _patience_of(group: FakeTargetGroup) -> Patience:
    interval = int(group.health_check_interval_seconds)
    # The first of several answers starts the count.
    return Patience(
        interval * (int(group.healthy_threshold_count) - 1), interval * (int(group.unhealthy_threshold_count) - 1)
    )


def _check_of(group: FakeTargetGroup, port: int, address: str) -> Check:
    own_port = group.health_check_port
    return Check(
        address=address,
        port=port if own_port in (None, "traffic-port") else int(own_port),
        protocol=group.health_check_protocol,
        path=group.health_check_path or "/",
        codes=group.matcher["HttpCode"],
    )
