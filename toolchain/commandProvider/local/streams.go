package local

import (
	"io"
	"os"
	"sync"
)

// streams are the pipes between a command and us. They are our own, as those of exec.Cmd make Wait hang for as long as
// any descendant holds them.
type streams struct {
	stdout, stderr, childStdout, childStderr *os.File
}

func newStreams() (*streams, error) {
	stdout, childStdout, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stderr, childStderr, err := os.Pipe()
	if err != nil {
		_ = stdout.Close()
		_ = childStdout.Close()
		return nil, err
	}
	return &streams{stdout: stdout, stderr: stderr, childStdout: childStdout, childStderr: childStderr}, nil
}

func (s *streams) closeChildEnds() {
	_ = s.childStdout.Close()
	_ = s.childStderr.Close()
}

func (s *streams) closeAll() {
	s.closeChildEnds()
	_ = s.stdout.Close()
	_ = s.stderr.Close()
}

// copyOut copies until both pipes are at their end, then closes the returned channel.
func (s *streams) copyOut(stdout, stderr io.Writer) <-chan struct{} {
	var copying sync.WaitGroup
	copying.Go(func() { _, _ = io.Copy(stdout, s.stdout) })
	copying.Go(func() { _, _ = io.Copy(stderr, s.stderr) })
	done := make(chan struct{})
	go func() {
		copying.Wait()
		_ = s.stdout.Close()
		_ = s.stderr.Close()
		close(done)
	}()
	return done
}
