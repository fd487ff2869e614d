package provider

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"portico/toolchain/commandProvider/sshtest"
)

func TestRemoteCommandRunsWithStdin(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	created := e.create(remoteCommand, values{
		"connection": loginTo(server, nil), "create": text("cat; echo warned >&2"), "stdin": text("from stdin\n"),
	})
	wantText(t, created.Properties.Get("stdout"), "from stdin")
	wantText(t, created.Properties.Get("stderr"), "warned")
	eventually(t, "the connection is closed", func() bool { return server.Open.Load() == 0 })
}

func TestRemoteCommandOpensNoConnectionInAPreviewOrWithoutACommand(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	inputs := values{"connection": loginTo(server, nil), "create": text("true")}
	if _, err := e.server.Create(p.CreateRequest{
		Urn: urnOf(remoteCommand), Properties: e.check(remoteCommand, inputs), DryRun: true,
	}); err != nil {
		t.Fatal(err)
	}
	delete(inputs, "create")
	e.create(remoteCommand, inputs)
	if attempts := server.Attempts.Load(); attempts != 0 {
		t.Errorf("got %d connections", attempts)
	}
}

func TestRemoteCommandUpdatesInPlace(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{AcceptEnv: []string{"PULUMI_COMMAND_STDOUT", "PULUMI_COMMAND_STDERR"}})
	inputs := values{"connection": loginTo(server, nil), "create": text("echo one")}
	created := e.create(remoteCommand, inputs)

	inputs["create"] = text(`echo "again after $PULUMI_COMMAND_STDOUT"`)
	wantText(t, e.update(remoteCommand, created, inputs).Get("stdout"), "again after one")

	inputs["update"] = text("echo updated")
	wantText(t, e.update(remoteCommand, created, inputs).Get("stdout"), "updated")
}

func TestRemoteCommandUpdateToleratesAServerThatRefusesThePreviousOutput(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	inputs := values{"connection": loginTo(server, nil), "create": text("echo one")}
	created := e.create(remoteCommand, inputs)
	inputs["create"] = text("echo two")
	wantText(t, e.update(remoteCommand, created, inputs).Get("stdout"), "two")
}

func TestRemoteCommandDeletesWithTheOldStateOnly(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	mark := filepath.Join(t.TempDir(), "mark")
	without := e.create(remoteCommand, values{"connection": loginTo(server, nil), "create": text("true")})
	sessions := server.Sessions.Load()
	e.delete(remoteCommand, without)
	if got := server.Sessions.Load(); got != sessions {
		t.Error("a deletion without a command opened a session")
	}

	with := e.create(remoteCommand, values{
		"connection": loginTo(server, nil), "delete": text("echo $$ >" + mark),
	})
	e.delete(remoteCommand, with)
	if readPID(mark) == "" {
		t.Error("the delete command did not run")
	}
}

func TestRemoteCommandSendsItsEnvironmentOrSaysWhichNameIsRefused(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{AcceptEnv: []string{"ALLOWED"}})
	inputs := values{
		"connection":  loginTo(server, nil),
		"create":      text("echo $ALLOWED"),
		"environment": property.New(property.NewMap(values{"ALLOWED": text("value")})),
	}
	wantText(t, e.create(remoteCommand, inputs).Properties.Get("stdout"), "value")

	inputs["environment"] = property.New(property.NewMap(values{"REFUSED": secret("hidden-value")}))
	message := e.createFails(remoteCommand, inputs)
	wantContains(t, message, "REFUSED", "AcceptEnv")
	wantAbsent(t, message, "hidden-value")
}

func TestRemoteCommandFailureShowsTheEvidenceAndNotTheStdin(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	message := e.createFails(remoteCommand, values{
		"connection": loginTo(server, nil),
		"create":     text("echo some output; cat >&2; exit 9 # create-text"),
		"stdin":      secret("the-secret-line\n"),
	})
	wantContains(t, message, "exit code 9", "some output", "[stdin]")
	wantAbsent(t, message, "the-secret-line", "create-text", "PRIVATE KEY")
	eventually(t, "the connection is closed", func() bool { return server.Open.Load() == 0 })
}

func TestRemoteCommandOutputWithoutNewlinesEnds(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	created := e.create(remoteCommand, values{
		"connection": loginTo(server, nil), "create": text("head -c 300000 /dev/zero | tr '\\0' x"),
	})
	if length := len(created.Properties.Get("stdout").AsString()); length != 300000 {
		t.Errorf("got %d bytes", length)
	}
}

func TestRemoteCommandThatLeavesStdinUnreadSucceeds(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	created := e.create(remoteCommand, values{
		"connection": loginTo(server, nil), "create": text("echo done"), "stdin": text(strings.Repeat("x", 4<<20)),
	})
	wantText(t, created.Properties.Get("stdout"), "done")
}

func TestRemoteCommandTimeoutEndsTheCommand(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	pidFile := filepath.Join(t.TempDir(), "pid")
	started := time.Now()
	_, err := e.tryCreate(remoteCommand, values{
		"connection": loginTo(server, nil), "create": text("echo $$ >" + pidFile + "; echo begun; exec sleep 300"),
	}, 1)
	if err == nil {
		t.Fatal("got success; wanted a timeout")
	}
	wantContains(t, err.Error(), "deadline exceeded", "begun")
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	wantProcessGone(t, pidFile)
	eventually(t, "the connection is closed", func() bool { return server.Open.Load() == 0 })
}

func TestACommandMayTidyUpWhenItIsStopped(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	mark := filepath.Join(t.TempDir(), "mark")
	_, err := e.tryCreate(remoteCommand, values{
		"connection": loginTo(server, nil),
		"create":     text("trap 'echo tidied; echo tidy >" + mark + "; exit 1' TERM; while true; do sleep 0.1; done"),
	}, 1)
	if err == nil {
		t.Fatal("got success; wanted a timeout")
	}
	wantContains(t, err.Error(), "deadline exceeded", "tidied")
	wantFile(t, mark, "tidy\n")
}

func TestCancelCutsACommandThatIgnoresSignals(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	pidFile := filepath.Join(t.TempDir(), "pid")
	failed := make(chan error, 1)
	go func() {
		_, err := e.tryCreate(remoteCommand, values{
			"connection": loginTo(server, nil),
			"create":     text("trap '' TERM; echo $$ >" + pidFile + "; while true; do sleep 1; done"),
		}, 0)
		failed <- err
	}()
	eventually(t, "the command runs", func() bool { return readPID(pidFile) != "" })
	if err := e.server.Cancel(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v; wanted the cancellation", err)
	}
	wantProcessGone(t, pidFile)
}
