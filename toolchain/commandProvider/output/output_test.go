package output

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func collect(chunks ...string) []string {
	var lines []string
	writer := &lineWriter{emit: func(line string) { lines = append(lines, line) }}
	for _, chunk := range chunks {
		_, _ = writer.Write([]byte(chunk))
	}
	writer.flush()
	return lines
}

func TestLinesAreHandedOnWholeHoweverTheyArrive(t *testing.T) {
	for name, chunks := range map[string][]string{
		"at once": {"one\ntwo\n"}, "in pieces": {"o", "ne\nt", "wo", "\n"}, "without a last newline": {"one\ntwo"},
		"with carriage returns": {"one\r\ntwo\r\n"},
	} {
		if got := collect(chunks...); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if got := collect("one\n\ntwo"); !slices.Equal(got, []string{"one", "", "two"}) {
		t.Errorf("got %q; wanted the empty line as well", got)
	}
}

func TestALineThatNeverEndsIsHandedOnInPieces(t *testing.T) {
	long := strings.Repeat("x", 3*longestLine+5)
	lines := collect(long, "\n")
	if len(lines) != 4 || strings.Join(lines, "") != long {
		t.Errorf("got %d pieces, %d bytes", len(lines), len(strings.Join(lines, "")))
	}
}

func TestTheValueLosesOneNewlineOnly(t *testing.T) {
	for printed, kept := range map[string]string{"a\n": "a", "a\n\n": "a\n", "a": "a", "": ""} {
		capture := NewCapture(context.Background(), false)
		_, _ = capture.Write([]byte(printed))
		capture.Finish()
		if got := capture.Value(); got != kept {
			t.Errorf("%q: got %q; wanted %q", printed, got, kept)
		}
	}
}

func TestAFailureShowsTheEndOfALongStream(t *testing.T) {
	failure := &Failure{Reason: "exit code 1", Stdout: "the beginning" + strings.Repeat("é", tailBytes) + "the end\n"}
	message := failure.Error()
	if !strings.Contains(message, "the end") || strings.Contains(message, "the beginning") {
		t.Error("the end is not what is shown")
	}
	if len(message) > tailBytes+300 {
		t.Errorf("got %d bytes", len(message))
	}
	if !strings.Contains(message, "exit code 1") || !strings.Contains(message, "stderr: (empty)") {
		t.Errorf("got %q", message)
	}
}

func TestAFailureHidesEveryLineOfTheStdin(t *testing.T) {
	failure := &Failure{
		Reason: "exit code 1", Stdin: "first-secret\n  second-secret\nok\n",
		Stdout: "it was first-secret", Stderr: "second-secret? ok\n",
	}
	message := failure.Error()
	for _, hidden := range []string{"first-secret", "second-secret"} {
		if strings.Contains(message, hidden) {
			t.Errorf("%s is shown", hidden)
		}
	}
	if !strings.Contains(message, "[stdin]? ok") {
		t.Errorf("got %q; wanted the short word to stay", message)
	}
}

func TestAFailureKeepsItsCause(t *testing.T) {
	failure := fmt.Errorf("around: %w", &Failure{Reason: "stopped", Cause: context.DeadlineExceeded})
	if !errors.Is(failure, context.DeadlineExceeded) {
		t.Error("the cause is lost")
	}
}
