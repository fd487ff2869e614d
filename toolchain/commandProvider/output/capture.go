package output

import (
	"bytes"
	"context"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
)

// Capture keeps one stream of a command and may show it on the console while the command runs.
// It is written to by one goroutine and read after that has ended.
type Capture struct {
	kept  bytes.Buffer
	lines *lineWriter
}

// NewCapture returns a Capture that shows each line as a status message of the resource in ctx when shown is set.
func NewCapture(ctx context.Context, shown bool) *Capture {
	if !shown {
		return &Capture{}
	}
	return &Capture{lines: &lineWriter{emit: p.GetLogger(ctx).InfoStatus}}
}

// Write never fails.
func (c *Capture) Write(data []byte) (int, error) {
	c.kept.Write(data)
	if c.lines != nil {
		_, _ = c.lines.Write(data)
	}
	return len(data), nil
}

// Finish shows what is left of an unfinished line. Call it once, after the last Write.
func (c *Capture) Finish() {
	if c.lines != nil {
		c.lines.flush()
	}
}

// Value is the whole stream less one newline at its end: what the state holds.
func (c *Capture) Value() string {
	return strings.TrimSuffix(c.kept.String(), "\n")
}
