package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func TestLocalCommandGetsFolderEnvironmentAndStdin(t *testing.T) {
	e := newEngine(t)
	folder := t.TempDir()
	created := e.create(localCommand, values{
		"create":      text(`pwd; echo "$GREETING"; cat; echo warned >&2`),
		"dir":         text(folder),
		"environment": property.New(property.NewMap(values{"GREETING": text("hello")})),
		"stdin":       text("from stdin\n"),
	})
	wantText(t, created.Properties.Get("stdout"), folder+"\nhello\nfrom stdin")
	wantText(t, created.Properties.Get("stderr"), "warned")
	if created.ID == "" {
		t.Error("got no id")
	}
}

func TestLocalCommandUsesTheGivenInterpreter(t *testing.T) {
	e := newEngine(t)
	words := property.New(property.NewArray([]property.Value{text("/bin/echo"), text("-n"), text("say")}))
	created := e.create(localCommand, values{"create": text("this && not run"), "interpreter": words})
	wantText(t, created.Properties.Get("stdout"), "say this && not run")
}

func TestLocalCommandWithoutCommandsDoesNothing(t *testing.T) {
	e := newEngine(t)
	created := e.create(localCommand, values{})
	wantText(t, created.Properties.Get("stdout"), "")
	e.delete(localCommand, created)
}

func TestLocalCommandRunsNothingInAPreview(t *testing.T) {
	e := newEngine(t)
	mark := filepath.Join(t.TempDir(), "mark")
	inputs := e.check(localCommand, values{"create": text("touch " + mark)})
	if _, err := e.server.Create(p.CreateRequest{Urn: urnOf(localCommand), Properties: inputs, DryRun: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the command ran in a preview")
	}
}

func TestLocalCommandUpdatesInPlaceAndKnowsThePreviousOutput(t *testing.T) {
	e := newEngine(t)
	created := e.create(localCommand, values{"create": text("echo one")})
	updated := e.update(localCommand, created, values{
		"create": text("echo never"), "update": text(`echo "after $PULUMI_COMMAND_STDOUT"`),
	})
	wantText(t, updated.Get("stdout"), "after one")

	again := e.update(localCommand, created, values{"create": text("echo again")})
	wantText(t, again.Get("stdout"), "again")

	without := e.update(localCommand, created, values{
		"update":                 text(`echo "<${PULUMI_COMMAND_STDOUT-unset}>"`),
		"addPreviousOutputInEnv": property.New(false),
	})
	wantText(t, without.Get("stdout"), "<unset>")
}

func TestLocalCommandDeletes(t *testing.T) {
	e := newEngine(t)
	mark := filepath.Join(t.TempDir(), "mark")
	created := e.create(localCommand, values{
		"create": text("echo made"), "delete": text(`echo "$PULUMI_COMMAND_STDOUT" >` + mark),
	})
	e.delete(localCommand, created)
	written, err := os.ReadFile(mark)
	if err != nil || string(written) != "made\n" {
		t.Errorf("got %q, %v", written, err)
	}
}

func TestLocalCommandFailureShowsTheEvidenceAndNotTheStdin(t *testing.T) {
	e := newEngine(t)
	message := e.createFails(localCommand, values{
		"create": text("echo some output; cat >&2; exit 7 # create-text"),
		"stdin":  secret("the-secret-line\n"),
	})
	wantContains(t, message, "exit code 7", "some output", "[stdin]")
	wantAbsent(t, message, "the-secret-line", "create-text")
}

func TestLocalCommandOutputWithoutNewlinesEnds(t *testing.T) {
	e := newEngine(t)
	created := e.create(localCommand, values{"create": text("head -c 300000 /dev/zero | tr '\\0' x")})
	if length := len(created.Properties.Get("stdout").AsString()); length != 300000 {
		t.Errorf("got %d bytes", length)
	}
}

func TestLocalCommandThatLeavesStdinUnreadSucceeds(t *testing.T) {
	e := newEngine(t)
	created := e.create(localCommand, values{"create": text("echo done"), "stdin": text(strings.Repeat("x", 1<<20))})
	wantText(t, created.Properties.Get("stdout"), "done")
}

func TestLocalCommandTimeoutEndsTheWholeProcessGroup(t *testing.T) {
	e := newEngine(t)
	pidFile := filepath.Join(t.TempDir(), "pid")
	started := time.Now()
	_, err := e.tryCreate(localCommand, values{"create": text("sleep 300 & echo $! >" + pidFile + "; echo begun; wait")}, 1)
	if err == nil {
		t.Fatal("got success; wanted a timeout")
	}
	wantContains(t, err.Error(), "deadline exceeded", "begun")
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	wantProcessGone(t, pidFile)
}

func TestCancelEndsALocalCommand(t *testing.T) {
	e := newEngine(t)
	pidFile := filepath.Join(t.TempDir(), "pid")
	failed := make(chan error, 1)
	go func() {
		_, err := e.tryCreate(localCommand, values{"create": text("echo $$ >" + pidFile + "; exec sleep 300")}, 0)
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

func TestLocalCommandRefusesPathsItCannotCollect(t *testing.T) {
	e := newEngine(t)
	paths := property.New(property.NewArray([]property.Value{text("*.txt")}))
	response, err := e.server.Check(p.CheckRequest{
		Urn: urnOf(localCommand), Inputs: property.NewMap(values{"assetPaths": paths}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(response.Failures) != 1 || response.Failures[0].Property != "assetPaths" {
		t.Errorf("got %v", response.Failures)
	}
}

func readPID(file string) string {
	content, _ := os.ReadFile(file)
	return strings.TrimSpace(string(content))
}

func wantProcessGone(t *testing.T, pidFile string) {
	t.Helper()
	pid := readPID(pidFile)
	if pid == "" {
		t.Fatal("the command did not say its process id")
	}
	eventually(t, "process "+pid+" is gone", func() bool {
		status, err := os.ReadFile("/proc/" + pid + "/stat")
		// A dead process that its parent has not collected yet shows as Z.
		return err != nil || strings.Contains(string(status), ") Z ")
	})
}
