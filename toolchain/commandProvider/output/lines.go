// Package output takes what a command prints: whole for the state, line by line for the console, both ends for errors.
package output

import "bytes"

// longestLine is the number of bytes after which an unfinished line is handed on in pieces, so a program that never
// prints a newline costs neither memory nor a standstill.
const longestLine = 8 << 10

// lineWriter hands complete lines, without their newline, to emit.
type lineWriter struct {
	emit    func(line string)
	pending []byte
}

// Write never fails and always takes everything.
func (w *lineWriter) Write(data []byte) (int, error) {
	w.pending = append(w.pending, data...)
	for {
		end := bytes.IndexByte(w.pending, '\n')
		switch {
		case end >= 0:
			w.emit(string(bytes.TrimSuffix(w.pending[:end], []byte("\r"))))
			w.pending = w.pending[end+1:]
		case len(w.pending) >= longestLine:
			w.emit(string(w.pending[:longestLine]))
			w.pending = w.pending[longestLine:]
		default:
			return len(data), nil
		}
	}
}

// flush hands on a last line that ended without a newline.
func (w *lineWriter) flush() {
	if len(w.pending) > 0 {
		w.emit(string(w.pending))
		w.pending = nil
	}
}
