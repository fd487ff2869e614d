package output

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
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

func TestAFailureShowsBothEndsOfALongStream(t *testing.T) {
	failure := &Failure{Reason: "exit code 1", Stdout: "stage: failed" + strings.Repeat("é", 2*endBytes) + "the end\n"}
	message := failure.Error()
	left := fmt.Sprintf("[%d bytes left out]", len(failure.Stdout)-len("\n")-2*endBytes)
	for _, shown := range []string{"stage: failed", "the end", "exit code 1", "stderr: (empty)", left} {
		if !strings.Contains(message, shown) {
			t.Errorf("%q is not shown", shown)
		}
	}
	if len(message) > 2*endBytes+300 || !utf8.ValidString(message) {
		t.Errorf("got %d bytes", len(message))
	}
}

func TestAFailureShowsAShortStreamWhole(t *testing.T) {
	stream := "first" + strings.Repeat("x", 2*endBytes-9) + "last"
	if message := (&Failure{Reason: "exit code 1", Stderr: stream}).Error(); !strings.Contains(message, stream) {
		t.Error("something of it is left out")
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
