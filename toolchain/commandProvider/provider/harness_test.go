package provider

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"portico/toolchain/commandProvider/sshtest"
)

// The tokens of the three resources.
const (
	localCommand  = "command:local:Command"
	remoteCommand = "command:remote:Command"
	copyToRemote  = "command:remote:CopyToRemote"
)

// values are inputs or outputs of a resource.
type values map[string]property.Value

func text(value string) property.Value   { return property.New(value) }
func secret(value string) property.Value { return property.New(value).WithSecret(true) }

// engine drives the provider as the engine does.
type engine struct {
	t      *testing.T
	server integration.Server
}

func newEngine(t *testing.T) engine {
	t.Helper()
	// The agent of whoever runs the tests takes no part in them.
	t.Setenv("SSH_AUTH_SOCK", "")
	served, err := New()
	if err != nil {
		t.Fatal(err)
	}
	server, err := integration.NewServer(context.Background(), Name, semver.MustParse(Version), integration.WithProvider(served))
	if err != nil {
		t.Fatal(err)
	}
	return engine{t, server}
}

func urnOf(token string) resource.URN {
	return resource.URN("urn:pulumi:test::test::" + token + "::subject")
}

// check gives the inputs as the provider completes them, and fails the test when it refuses them.
func (e engine) check(token string, inputs values) property.Map {
	e.t.Helper()
	response, err := e.server.Check(p.CheckRequest{Urn: urnOf(token), Inputs: property.NewMap(inputs)})
	if err != nil {
		e.t.Fatal(err)
	}
	if len(response.Failures) > 0 {
		e.t.Fatalf("refused: %v", response.Failures)
	}
	return response.Inputs
}

// tryCreate creates the resource within a time limit in seconds; 0 is none.
func (e engine) tryCreate(token string, inputs values, limit float64) (p.CreateResponse, error) {
	e.t.Helper()
	return e.server.Create(p.CreateRequest{Urn: urnOf(token), Properties: e.check(token, inputs), Timeout: limit})
}

func (e engine) create(token string, inputs values) p.CreateResponse {
	e.t.Helper()
	response, err := e.tryCreate(token, inputs, 0)
	if err != nil {
		e.t.Fatal(err)
	}
	return response
}

// createFails gives the error of a creation that must not succeed.
func (e engine) createFails(token string, inputs values) string {
	e.t.Helper()
	_, err := e.tryCreate(token, inputs, 0)
	if err == nil {
		e.t.Fatal("got success; wanted a failure")
	}
	return err.Error()
}

func (e engine) update(token string, old p.CreateResponse, inputs values) property.Map {
	e.t.Helper()
	response, err := e.server.Update(p.UpdateRequest{
		ID: old.ID, Urn: urnOf(token), State: old.Properties, Inputs: e.check(token, inputs),
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return response.Properties
}

func (e engine) delete(token string, old p.CreateResponse) {
	e.t.Helper()
	if err := e.server.Delete(p.DeleteRequest{ID: old.ID, Urn: urnOf(token), Properties: old.Properties}); err != nil {
		e.t.Fatal(err)
	}
}

func (e engine) diff(token string, old p.CreateResponse, inputs values) p.DiffResponse {
	e.t.Helper()
	response, err := e.server.Diff(p.DiffRequest{
		ID: old.ID, Urn: urnOf(token), State: old.Properties, Inputs: e.check(token, inputs),
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return response
}

// loginTo is a connection to the server that fails at the first refused attempt; more changes it.
func loginTo(server *sshtest.Server, more values) property.Value {
	connection := values{
		"host":           text("127.0.0.1"),
		"port":           property.New(float64(server.Port)),
		"user":           text("tester"),
		"privateKey":     text(server.ClientKey),
		"hostKey":        text(server.HostKey),
		"dialErrorLimit": property.New(0.0),
	}
	for name, value := range more {
		connection[name] = value
		if value.IsNull() {
			delete(connection, name)
		}
	}
	return property.New(property.NewMap(connection))
}

func wantContains(t *testing.T, whole string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(whole, part) {
			t.Errorf("got %q; wanted it to contain %q", whole, part)
		}
	}
}

func wantAbsent(t *testing.T, whole string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(whole, part) {
			t.Errorf("got %q; wanted it without %q", whole, part)
		}
	}
}

func wantText(t *testing.T, got property.Value, wanted string) {
	t.Helper()
	if !got.IsString() || got.AsString() != wanted {
		t.Errorf("got %#v; wanted %q", got, wanted)
	}
}

// eventually waits for a condition that another goroutine or process brings about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Errorf("not within five seconds: %s", what)
}
