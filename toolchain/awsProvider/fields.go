package main

import "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

// fields says where the published package names or fills properties otherwise than the bridge does by itself: names
// that Pulumi makes up when none is given, and lists that stay lists.
var fields = map[string]map[string]*tfbridge.SchemaInfo{
	"aws_autoscaling_group":       named("name", 255),
	"aws_cloudwatch_log_group":    named("name", 255),
	"aws_cloudwatch_metric_alarm": {"alarm_name": autoName("name", 255)},
	"aws_default_security_group":  {"egress": {Name: "egress"}, "ingress": {Name: "ingress"}},
	"aws_iam_instance_profile":    named("name", 64),
	"aws_iam_policy":              named("name", 64),
	"aws_iam_role":                named("name", 64),
	"aws_iam_role_policy":         named("name", 64),
	"aws_launch_template":         named("name", 125),
	"aws_lb":                      named("name", 32),
	"aws_lb_target_group":         named("name", 32),
	"aws_route53_record": {
		"alias":                      list(),
		"failover_routing_policy":    list(),
		"geolocation_routing_policy": list(),
		"latency_routing_policy":     list(),
		"weighted_routing_policy":    list(),
	},
	"aws_s3_bucket": {"bucket": autoName("bucket", 63)},
	"aws_security_group": {
		"name":    autoName("name", 255),
		"egress":  {Name: "egress"},
		"ingress": {Name: "ingress"},
	},
	"aws_sns_topic":              named("name", 255),
	"aws_sns_topic_subscription": {"topic_arn": {Name: "topic"}},
	"aws_wafv2_web_acl":          named("name", 128),
}

func autoName(property string, longest int) *tfbridge.SchemaInfo {
	return tfbridge.AutoName(property, longest, "-")
}

func named(property string, longest int) map[string]*tfbridge.SchemaInfo {
	return map[string]*tfbridge.SchemaInfo{property: autoName(property, longest)}
}

func list() *tfbridge.SchemaInfo { return &tfbridge.SchemaInfo{MaxItemsOne: tfbridge.False()} }
