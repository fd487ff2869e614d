package output

import (
	"fmt"
	"strings"
)

// endBytes is how much of each end of a stream an error shows. A program says at the head what failed and at the tail what
// came of it; what lies between in more than a thousand lines is left out. The vendor's build shows all of any length.
const endBytes = 32 << 10

// shortestSecret is the length from which a line of standard input is blotted out of an error. Shorter ones would blot
// out ordinary words.
const shortestSecret = 6

// Failure is the evidence of a command that did not succeed.
type Failure struct {
	// Reason is what went wrong, for example "exit code 3".
	Reason string
	// Cause is the error behind Reason, or nil.
	Cause error
	// Stdout and Stderr are what the command had printed until then.
	Stdout, Stderr string
	// Stdin is what the command was given. It may be secret and is never shown, even where the command repeated it.
	Stdin string
}

// Error shows the reason and both ends of both streams. It shows neither the command nor its standard input, as both
// may hold secrets; the resource's name identifies the command.
func (f *Failure) Error() string {
	return fmt.Sprintf("the command failed: %s\n%s\n%s", f.Reason, f.ends("stdout", f.Stdout), f.ends("stderr", f.Stderr))
}

// Unwrap gives the cause, so a caller can distinguish a timeout from a cancellation.
func (f *Failure) Unwrap() error { return f.Cause }

func (f *Failure) ends(name, stream string) string {
	stream = strings.TrimRight(f.withoutStdin(stream), "\n")
	if stream == "" {
		return name + ": (empty)"
	}
	if left := len(stream) - 2*endBytes; left > 0 {
		head := strings.ToValidUTF8(stream[:endBytes], "")
		tail := strings.ToValidUTF8(stream[len(stream)-endBytes:], "")
		stream = fmt.Sprintf("%s\n[%d bytes left out]\n%s", head, left, tail)
	}
	return name + ":\n" + stream
}

func (f *Failure) withoutStdin(stream string) string {
	for line := range strings.Lines(f.Stdin) {
		if line = strings.TrimSpace(line); len(line) >= shortestSecret {
			stream = strings.ReplaceAll(stream, line, "[stdin]")
		}
	}
	return stream
}
