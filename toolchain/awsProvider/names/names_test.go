package names

import (
	"os"
	"strings"
	"testing"
)

func read(t *testing.T, text string) Table {
	t.Helper()
	table, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func expect(t *testing.T, token string, ok bool, want string) {
	t.Helper()
	if !ok || token != want {
		t.Errorf("got %q, %v; want %q", token, ok, want)
	}
}

func TestAResourceHasItsToken(t *testing.T) {
	token, ok := read(t, "aws_vpc ec2/Vpc").Resource("aws_vpc")
	expect(t, token, ok, "aws:ec2/vpc:Vpc")
}

func TestADataSourceHasItsToken(t *testing.T) {
	token, ok := read(t, "data.aws_region index/getRegion").DataSource("aws_region")
	expect(t, token, ok, "aws:index/getRegion:getRegion")
}

func TestANameWantedAsOneOfTheTwoIsThereAsBoth(t *testing.T) {
	table := read(t, "aws_vpc ec2/Vpc\ndata.aws_ami ec2/getAmi\n")
	token, ok := table.DataSource("aws_vpc")
	expect(t, token, ok, "aws:ec2/getVpc:getVpc")
	token, ok = table.Resource("aws_ami")
	expect(t, token, ok, "aws:ec2/ami:Ami")
}

func TestANameThatIsGivenForBothKeepsBoth(t *testing.T) {
	table := read(t, "aws_ssm_parameter ssm/Parameter\ndata.aws_ssm_parameter ssm/getParameterValue\n")
	token, ok := table.DataSource("aws_ssm_parameter")
	expect(t, token, ok, "aws:ssm/getParameterValue:getParameterValue")
}

func TestOtherNamesAreNotWanted(t *testing.T) {
	if token, ok := read(t, "# aws_subnet ec2/Subnet\n\naws_vpc ec2/Vpc\n").Resource("aws_subnet"); ok {
		t.Errorf("got %q", token)
	}
}

func TestALineOfAnotherFormIsRefusedWithItsNumber(t *testing.T) {
	for _, text := range []string{"# comment\naws_vpc", "\naws_vpc ec2 Vpc", "\naws_vpc ec2.Vpc"} {
		if _, err := Read(text); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestTheListOfThePluginIsRead(t *testing.T) {
	text, err := os.ReadFile("../tokens.txt")
	if err != nil {
		t.Fatal(err)
	}
	token, ok := read(t, string(text)).Resource("aws_lb_target_group_attachment")
	expect(t, token, ok, "aws:lb/targetGroupAttachment:TargetGroupAttachment")
}
