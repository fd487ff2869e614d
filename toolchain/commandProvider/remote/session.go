package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"

	"portico/toolchain/commandProvider/output"
)

// killGrace is how long a cancelled command may take to end by itself before its connection is cut. OpenSSH passes a
// signal on only for a login other than root, and not to what sudo runs; such a command loses its streams and no more.
var killGrace = 3 * time.Second

// invocation is one run of one command.
type invocation struct {
	command     string
	environment map[string]string
	// previous is offered too, but a server that refuses it does not fail the command.
	previous map[string]string
	stdin    string
	logging  Logging
}

// run connects, runs the command and returns what it printed. The connection is closed in any case.
func (i invocation) run(ctx context.Context, connection Connection) (string, string, error) {
	connected, err := connection.dial(ctx)
	if err != nil {
		return "", "", err
	}
	defer func() { _ = connected.Close() }()
	session, err := connected.NewSession()
	if err != nil {
		return "", "", fmt.Errorf("opening a session: %w", err)
	}
	if err := i.sendEnvironment(ctx, session); err != nil {
		return "", "", err
	}
	shown := i.logging
	stdout := output.NewCapture(ctx, shown == "" || shown == LogStdout || shown == LogStdoutAndStderr)
	stderr := output.NewCapture(ctx, shown == "" || shown == LogStderr || shown == LogStdoutAndStderr)
	session.Stdout, session.Stderr = stdout, stderr
	reason, cause := i.execute(ctx, connected, session)
	stdout.Finish()
	stderr.Finish()
	if reason != "" {
		return "", "", &output.Failure{
			Reason: reason, Cause: cause, Stdout: stdout.Value(), Stderr: stderr.Value(), Stdin: i.stdin,
		}
	}
	return stdout.Value(), stderr.Value(), nil
}

func (i invocation) sendEnvironment(ctx context.Context, session *ssh.Session) error {
	for _, name := range slices.Sorted(maps.Keys(i.environment)) {
		if err := session.Setenv(name, i.environment[name]); err != nil {
			return fmt.Errorf("environment: got %s; allowed: names that AcceptEnv of the server's sshd lists; "+
				"add it there, or send the value by stdin (%w)", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(i.previous)) {
		if err := session.Setenv(name, i.previous[name]); err != nil {
			p.GetLogger(ctx).Warningf("the server refuses the variable %s; set addPreviousOutputInEnv to false, "+
				"or list it under AcceptEnv of its sshd", name)
		}
	}
	return nil
}

// execute returns why the command failed, or an empty reason. When it returns, nothing writes to the session's
// streams any more.
func (i invocation) execute(ctx context.Context, connected *client, session *ssh.Session) (string, error) {
	// A pipe of our own, as the library fails a command that succeeds without reading all of its input.
	stdin, err := session.StdinPipe()
	if err != nil {
		return "no standard input: " + err.Error(), err
	}
	if err := session.Start(i.command); err != nil {
		return "not started: " + err.Error(), err
	}
	go func() {
		_, _ = io.WriteString(stdin, i.stdin)
		_ = stdin.Close()
	}()
	ended := make(chan error, 1)
	go func() { ended <- session.Wait() }()
	select {
	case failure := <-ended:
		return explain(failure), failure
	case <-ctx.Done():
		_ = session.Signal(ssh.SIGTERM)
		select {
		case <-ended:
		case <-time.After(killGrace):
			_ = session.Signal(ssh.SIGKILL)
			_ = session.Close()
			_ = connected.Close()
			<-ended
		}
		return "stopped: " + context.Cause(ctx).Error(), ctx.Err()
	}
}

// explain words the result of a command that ran; an empty string means success.
func explain(failure error) string {
	var exit *ssh.ExitError
	switch {
	case failure == nil:
		return ""
	case errors.As(failure, &exit) && exit.Signal() != "":
		return "ended by signal " + exit.Signal()
	case errors.As(failure, &exit):
		return fmt.Sprintf("exit code %d", exit.ExitStatus())
	case errors.As(failure, new(*ssh.ExitMissingError)):
		return "the connection ended before the command did"
	default:
		return failure.Error()
	}
}
