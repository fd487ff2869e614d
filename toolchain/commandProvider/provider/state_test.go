package provider

import (
	"fmt"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"portico/toolchain/commandProvider/sshtest"
)

func TestSecretsStaySecretInTheState(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	inputs := values{
		"connection": loginTo(server, nil), "create": text("true"), "stdin": secret("hush"), "update": secret("echo hush"),
	}
	created := e.create(remoteCommand, inputs)
	wantSecret(t, created.Properties, "connection", "stdin", "update")
	inputs["create"] = text("true # changed")
	wantSecret(t, e.update(remoteCommand, created, inputs), "connection", "stdin", "update")

	local := e.create(localCommand, values{
		"create": text("true"), "environment": property.New(property.NewMap(values{"KEY": secret("hush")})),
	})
	if !local.Properties.Get("environment").HasSecrets() {
		t.Error("a secret variable became plain")
	}
}

func TestTheConnectionOfACopyIsSecret(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	created := e.create(copyToRemote, values{
		"connection": loginTo(server, nil), "source": textAsset(t, "x"), "remotePath": text(t.TempDir() + "/x"),
	})
	wantSecret(t, created.Properties, "connection")
}

func wantSecret(t *testing.T, state property.Map, names ...string) {
	t.Helper()
	for _, name := range names {
		if !state.Get(name).Secret() {
			t.Errorf("%s is plain in the state", name)
		}
	}
}

// The vendor's build marks the same, and plans nothing on a state of ours then.
func TestWhatLogsInIsMarkedSecretWithinAConnection(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	jump := property.New(property.NewMap(values{"host": text("jump"), "privateKey": text("k"), "password": text("p")}))
	checked := e.check(remoteCommand, values{"connection": loginTo(server, values{
		"password": text("p"), "privateKeyPassword": text("q"), "proxy": jump,
	}), "create": text("true")}).Get("connection").AsMap()
	for name, place := range map[string]property.Map{"server": checked, "jump host": checked.Get("proxy").AsMap()} {
		for _, field := range []string{"privateKey", "password"} {
			if !place.Get(field).Secret() {
				t.Errorf("%s of the %s is not marked", field, name)
			}
		}
		if place.Get("host").Secret() {
			t.Errorf("host of the %s is marked", name)
		}
	}
	if !checked.Get("privateKeyPassword").Secret() {
		t.Error("privateKeyPassword is not marked")
	}
}

// A state of an earlier build has no marks within.
func TestMarksWithinAConnectionAreNoDifference(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	inputs := values{"connection": loginTo(server, nil), "create": text("true")}
	marked := e.create(remoteCommand, inputs)
	connection := marked.Properties.Get("connection")
	for name, old := range map[string]property.Value{
		"marked": connection, "without marks": plain(connection).WithSecret(true), "plain": plain(connection),
	} {
		state := marked
		state.Properties = state.Properties.Set("connection", old)
		if difference := e.diff(remoteCommand, state, inputs); difference.HasChanges {
			t.Errorf("%s: got %v; wanted no change", name, difference)
		}
		inputs["connection"] = loginTo(server, values{"privateKey": text("another")})
		if difference := e.diff(remoteCommand, state, inputs); !difference.HasChanges {
			t.Errorf("%s: got no change for another key", name)
		}
		inputs["connection"] = loginTo(server, nil)
	}
}

func TestAnUnknownFieldOfAConnectionIsRefusedWithoutShowingTheRest(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	response, err := e.server.Check(p.CheckRequest{Urn: urnOf(remoteCommand), Inputs: property.NewMap(values{
		"connection": loginTo(server, values{"hostkey": text("x")}),
	})})
	said := fmt.Sprint(response.Failures, err)
	wantContains(t, said, "hostkey")
	wantAbsent(t, said, "PRIVATE KEY")
}

func TestDefaultsOfTheConnectionAreFilledIn(t *testing.T) {
	e := newEngine(t)
	connection := property.New(property.NewMap(values{"host": text("example.org")}))
	checked := e.check(remoteCommand, values{"connection": connection}).Get("connection").AsMap()
	for name, wanted := range map[string]float64{"port": 22, "dialErrorLimit": 10, "perDialTimeout": 15} {
		if got := checked.Get(name); !got.IsNumber() || got.AsNumber() != wanted {
			t.Errorf("%s: got %#v; wanted %v", name, got, wanted)
		}
	}
	wantText(t, checked.Get("user").WithSecret(false), "root")
}

func TestAnyChangeOfTriggersReplaces(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	target := text(t.TempDir() + "/x")
	base := map[string]values{
		localCommand:  {"create": text("true")},
		remoteCommand: {"connection": loginTo(server, nil), "create": text("true")},
		copyToRemote:  {"connection": loginTo(server, nil), "source": textAsset(t, "x"), "remotePath": target},
	}
	for token, inputs := range base {
		inputs["triggers"] = list(text("a"), text("b"))
		created := e.create(token, inputs)
		for name, triggers := range map[string]property.Value{
			"changed": list(text("a"), text("c")), "longer": list(text("a"), text("b"), text("c")),
			"shorter": list(text("a")), "of another kind": list(text("a"), property.New(1.0)),
		} {
			inputs["triggers"] = triggers
			if difference := e.diff(token, created, inputs); !replaces(difference) {
				t.Errorf("%s, %s: got %v; wanted a replacement", token, name, difference)
			}
		}
		delete(inputs, "triggers")
		if difference := e.diff(token, created, inputs); !replaces(difference) {
			t.Errorf("%s, removed: got %v; wanted a replacement", token, difference)
		}
	}
}

func TestOtherChangesUpdateInPlace(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	inputs := values{"connection": loginTo(server, nil), "create": text("true"), "triggers": list(text("a"))}
	created := e.create(remoteCommand, inputs)
	if difference := e.diff(remoteCommand, created, inputs); difference.HasChanges {
		t.Errorf("got %v; wanted no change", difference)
	}
	changes := values{
		"stdin": text("new"), "create": text("false"), "connection": loginTo(server, values{"user": text("other")}),
	}
	for name, value := range changes {
		changed := values{}
		for key, old := range inputs {
			changed[key] = old
		}
		changed[name] = value
		if difference := e.diff(remoteCommand, created, changed); !difference.HasChanges || replaces(difference) {
			t.Errorf("%s: got %v; wanted an update", name, difference)
		}
	}
}

func list(elements ...property.Value) property.Value {
	return property.New(property.NewArray(elements))
}

func replaces(difference p.DiffResponse) bool {
	for _, change := range difference.DetailedDiff {
		switch change.Kind {
		case p.AddReplace, p.DeleteReplace, p.UpdateReplace:
			return true
		}
	}
	return false
}
