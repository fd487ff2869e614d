package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"portico/toolchain/commandProvider/output"
)

// killGrace is how long a cancelled command may take to end by itself before it is killed.
var killGrace = 5 * time.Second

// invocation is one run of one command.
type invocation struct {
	command     string
	interpreter []string
	folder      string
	environment map[string]string
	previous    []string
	stdin       string
	logging     Logging
}

// run returns what the command printed. It returns when the command has ended and its streams are closed, or, after a
// cancellation of ctx, when the command's process group is gone.
func (i invocation) run(ctx context.Context) (string, string, error) {
	shown := i.logging
	stdout := output.NewCapture(ctx, shown == "" || shown == LogStdout || shown == LogStdoutAndStderr)
	stderr := output.NewCapture(ctx, shown == "" || shown == LogStderr || shown == LogStdoutAndStderr)
	reason, cause := i.execute(ctx, stdout, stderr)
	stdout.Finish()
	stderr.Finish()
	if reason != "" {
		return "", "", &output.Failure{
			Reason: reason, Cause: cause, Stdout: stdout.Value(), Stderr: stderr.Value(), Stdin: i.stdin,
		}
	}
	return stdout.Value(), stderr.Value(), nil
}

// execute returns why the command failed, or an empty reason.
func (i invocation) execute(ctx context.Context, stdout, stderr io.Writer) (string, error) {
	if err := ctx.Err(); err != nil {
		return "not started: " + err.Error(), err
	}
	streams, err := newStreams()
	if err != nil {
		return "no pipes: " + err.Error(), err
	}
	process := i.process(streams)
	if err := process.Start(); err != nil {
		streams.closeAll()
		return "not started: " + err.Error(), err
	}
	streams.closeChildEnds()
	copied := streams.copyOut(stdout, stderr)

	ended := make(chan error, 1)
	go func() {
		failure := process.Wait()
		<-copied
		ended <- failure
	}()
	select {
	case failure := <-ended:
		return explain(failure), failure
	case <-ctx.Done():
		stop(process.Process.Pid, ended)
		// A descendant that left the process group may still hold the pipes; it must not hold us.
		streams.closeAll()
		<-copied
		return "stopped: " + context.Cause(ctx).Error(), ctx.Err()
	}
}

func (i invocation) process(streams *streams) *exec.Cmd {
	words := i.interpreter
	if len(words) == 0 {
		words = []string{"/bin/sh", "-c"}
	}
	process := exec.Command(words[0], append(append([]string{}, words[1:]...), i.command)...)
	process.Dir = i.folder
	process.Env = append(os.Environ(), i.previous...)
	for name, value := range i.environment {
		process.Env = append(process.Env, name+"="+value)
	}
	if i.stdin != "" {
		process.Stdin = strings.NewReader(i.stdin)
	}
	process.Stdout, process.Stderr = streams.childStdout, streams.childStderr
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return process
}

// explain words the result of a process that ran; an empty string means success.
func explain(failure error) string {
	var exit *exec.ExitError
	switch {
	case failure == nil:
		return ""
	case errors.As(failure, &exit) && exit.Exited():
		return fmt.Sprintf("exit code %d", exit.ExitCode())
	default:
		return failure.Error()
	}
}

// stop ends the process group: politely, then by force.
func stop(group int, ended <-chan error) {
	_ = syscall.Kill(-group, syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(killGrace):
	}
	_ = syscall.Kill(-group, syscall.SIGKILL)
}
