"""The IAM actions that allow an operation: most have its name, S3 has names of its own."""

# Prefix of actions by the name that requests are signed for, where the two differ.
PREFIXES = {"monitoring": "cloudwatch", "s3control": "s3"}

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
S3_ACTIONS = {
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}


# What tagging at the making of a thing needs besides the making.
TAGGING = {
    "acm": "acm:AddTagsToCertificate",
    "ec2": "ec2:CreateTags",
    "elasticloadbalancing": "elasticloadbalancing:AddTags",
    "logs": "logs:TagResource",
    "monitoring": "cloudwatch:TagResource",
    "sns": "sns:TagResource",
    "wafv2": "wafv2:TagResource",
}
IAM_TAGGING = {
    "CreateInstanceProfile": "iam:TagInstanceProfile",
    "CreatePolicy": "iam:TagPolicy",
    "CreateRole": "iam:TagRole",
}
TAGGED = ("TagSpecification.", "Tags.member.", '"Tags":[{', '"tags":{"')

# Operations on one service that are allowed by another one as well.
FURTHER = {("wafv2", "AssociateWebACL"): "elasticloadbalancing:SetWebACL"}
HANDS_ROLE_OVER = {
    ("ec2", "RunInstances"): "IamInstanceProfile.",
    ("ec2", "CreateFlowLogs"): "DeliverLogsPermissionArn=",
}


def actions_of(service: str, operation: str, body: str) -> set[str]:
    """The actions that a policy must allow for this call, as `ec2:RunInstances`."""
    name = S3_ACTIONS.get(operation, operation) if service in ("s3", "s3control") else operation
    actions = {f"{PREFIXES.get(service, service)}:{name}"}
    if any(mark in body for mark in TAGGED):
        actions |= {TAGGING[service]} if service in TAGGING else set()
        actions |= {IAM_TAGGING[operation]} if operation in IAM_TAGGING else set()
    if further := FURTHER.get((service, operation)):
        actions.add(further)
    if (mark := HANDS_ROLE_OVER.get((service, operation))) and mark in body:
        actions.add("iam:PassRole")
    return actions
