"""Which operation a request is for, and which actions it needs."""

import unittest

from ..actions import actions_of
from ..calls import Request, operation_of, rest_operations

S3 = rest_operations(
    [
        ("ListBuckets", "GET", "/"),
        ("CopyObject", "PUT", "/{Bucket}/{Key+}"),
        ("GetBucketVersioning", "GET", "/{Bucket}?versioning"),
        ("GetObject", "GET", "/{Bucket}/{Key+}"),
        ("ListObjects", "GET", "/{Bucket}"),
        ("ListObjectsV2", "GET", "/{Bucket}?list-type=2"),
        ("PutObject", "PUT", "/{Bucket}/{Key+}"),
    ]
)
S3_CONTROL = rest_operations([("ListTagsForResource", "GET", "/v20180820/tags/{resourceArn+}")])


def ask(service: str, method: str = "POST", path: str = "/", query: str = "", **more: str):
    """The operation of a request that is signed for the service."""
    signed = f"AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-central-1/{service}/aws4_request, SignedHeaders=host"
    request = Request(method=method, path=path, query=query, authorization=signed, **more)
    return operation_of(request, {"s3": S3, "s3control": S3_CONTROL})


class Operation(unittest.TestCase):
    """Each protocol names its operation elsewhere."""

    def test_a_form_names_it(self) -> None:
        self.assertEqual(ask("ec2", body="Action=RunInstances&Version=2016-11-15"), ("ec2", "RunInstances"))

    def test_a_header_names_it(self) -> None:
        self.assertEqual(ask("acm", target="CertificateManager.RequestCertificate"), ("acm", "RequestCertificate"))

    def test_method_path_and_query_name_it(self) -> None:
        for path, query, wanted in (
            ("/", "", "ListBuckets"),
            ("/logs", "", "ListObjects"),
            ("/logs/", "", "ListObjects"),
            ("/logs", "versioning=", "GetBucketVersioning"),
            ("/logs", "list-type=2&prefix=a", "ListObjectsV2"),
            ("/logs", "list-type=1", "ListObjects"),
            ("/logs/a/b", "", "GetObject"),
        ):
            with self.subTest(path=path, query=query):
                self.assertEqual(ask("s3", "GET", path, query), ("s3", wanted))

    def test_a_bucket_may_stand_in_the_host_name(self) -> None:
        self.assertEqual(ask("s3", "GET", "/", "versioning=", label="logs"), ("s3", "GetBucketVersioning"))
        self.assertEqual(ask("s3", "GET", "/key", label="logs"), ("s3", "GetObject"))

    def test_of_two_that_differ_in_headers_alone_it_is_the_plain_one(self) -> None:
        self.assertEqual(ask("s3", "PUT", "/logs/key"), ("s3", "PutObject"))

    def test_the_control_part_of_s3_is_told_by_its_path(self) -> None:
        self.assertEqual(
            ask("s3", "GET", "/v20180820/tags/arn:aws:s3:::logs", label="123456789012"),
            ("s3control", "ListTagsForResource"),
        )

    def test_others_are_unknown(self) -> None:
        self.assertIsNone(ask("s3", "DELETE", "/logs"))
        self.assertIsNone(ask("batch"))
        self.assertIsNone(operation_of(Request("POST", "/", "", "", body="Action=RunInstances"), {}))


class Actions(unittest.TestCase):
    """The actions of a policy."""

    def test_most_are_the_operation_itself(self) -> None:
        self.assertEqual(actions_of("ec2", "DescribeVpcs", ""), {"ec2:DescribeVpcs"})

    def test_prefixes_and_names_of_their_own_are_known(self) -> None:
        self.assertEqual(actions_of("monitoring", "PutMetricAlarm", ""), {"cloudwatch:PutMetricAlarm"})
        self.assertEqual(actions_of("s3", "HeadBucket", ""), {"s3:ListBucket"})
        self.assertEqual(actions_of("s3control", "TagResource", ""), {"s3:TagResource"})

    def test_names_of_s3_are_left_alone_elsewhere(self) -> None:
        self.assertEqual(actions_of("ec2", "ListBuckets", ""), {"ec2:ListBuckets"})

    def test_tagging_needs_an_action_more(self) -> None:
        for service, operation, body, wanted in (
            ("ec2", "CreateVpc", "Action=CreateVpc&TagSpecification.1.ResourceType=vpc", "ec2:CreateTags"),
            ("elasticloadbalancing", "CreateListener", "Tags.member.1.Key=a", "elasticloadbalancing:AddTags"),
            ("iam", "CreateRole", "Tags.member.1.Key=a", "iam:TagRole"),
            ("acm", "RequestCertificate", '{"DomainName":"a","Tags":[{"Key":"a"}]}', "acm:AddTagsToCertificate"),
            ("logs", "CreateLogGroup", '{"logGroupName":"a","tags":{"a":"b"}}', "logs:TagResource"),
        ):
            with self.subTest(operation):
                self.assertIn(wanted, actions_of(service, operation, body))
                self.assertNotIn(wanted, actions_of(service, operation, ""))

    def test_handing_a_role_over_needs_an_action_more(self) -> None:
        self.assertIn("iam:PassRole", actions_of("ec2", "RunInstances", "IamInstanceProfile.Name=web"))
        self.assertNotIn("iam:PassRole", actions_of("ec2", "RunInstances", "ImageId=ami-1"))

    def test_a_firewall_for_a_balancer_needs_the_balancer_s_action(self) -> None:
        self.assertIn("elasticloadbalancing:SetWebACL", actions_of("wafv2", "AssociateWebACL", ""))
