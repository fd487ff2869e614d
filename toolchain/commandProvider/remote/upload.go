package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
)

// copy connects, copies the source and closes the connection. An ended ctx cuts the connection.
func (c CopyToRemoteInputs) copy(ctx context.Context) error {
	if reason := refusal(c.Source); reason != "" {
		return errors.New("source: " + reason)
	}
	connected, err := c.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = connected.Close() }()
	release := context.AfterFunc(ctx, func() { _ = connected.Close() })
	defer release()
	transfer, err := sftp.NewClient(connected.Client, sftp.UseConcurrentWrites(true))
	if err != nil {
		return fmt.Errorf("opening SFTP: %w", err)
	}
	defer func() { _ = transfer.Close() }()
	if err := (upload{transfer}).source(c); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("the copy was stopped: %w (%v)", ctx.Err(), err)
		}
		return err
	}
	return nil
}

// upload writes to the server's file system.
type upload struct{ server *sftp.Client }

func (u upload) source(inputs CopyToRemoteInputs) error {
	target := inputs.RemotePath
	if asset := inputs.Source.Asset; asset != nil && asset.IsText() {
		kind, err := u.kind(target)
		if err != nil {
			return err
		}
		if kind == folder {
			return fmt.Errorf("remotePath: got %q, which is a folder on the server; allowed: the path of a file; add a file name", target)
		}
		return u.write(target, strings.NewReader(asset.Text))
	}
	local := localPath(inputs)
	info, err := os.Stat(local)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return u.folder(local, target)
	}
	kind, err := u.kind(target)
	if err != nil {
		return err
	}
	if kind == folder {
		target = path.Join(target, filepath.Base(local))
	}
	return u.file(local, target)
}

func localPath(inputs CopyToRemoteInputs) string {
	if inputs.Source.Asset != nil {
		return inputs.Source.Asset.Path
	}
	return inputs.Source.Archive.Path
}

// folder copies what is below local into target, or into a folder of local's name there unless local ends in a slash.
func (u upload) folder(local, target string) error {
	if !strings.HasSuffix(local, "/") {
		target = path.Join(target, filepath.Base(local))
	}
	return filepath.WalkDir(local, func(source string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(local, source)
		if err != nil {
			return err
		}
		destination := path.Join(target, filepath.ToSlash(relative))
		if !entry.IsDir() {
			return u.file(source, destination)
		}
		if err := u.server.MkdirAll(destination); err != nil {
			return fmt.Errorf("making the folder %s on the server: %w", destination, err)
		}
		return nil
	})
}

func (u upload) file(local, target string) error {
	source, err := os.Open(local)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	return u.write(target, source)
}

// write makes target, and the folders above it, or truncates it; then fills it.
func (u upload) write(target string, content io.Reader) error {
	if err := u.server.MkdirAll(path.Dir(target)); err != nil {
		return fmt.Errorf("making the folder of %s on the server: %w", target, err)
	}
	file, err := u.server.Create(target)
	if err != nil {
		return fmt.Errorf("making %s on the server: %w", target, err)
	}
	_, err = file.ReadFrom(content)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("writing %s on the server: %w", target, err)
	}
	return nil
}

type remoteKind int

const (
	missing remoteKind = iota
	folder
	other
)

func (u upload) kind(target string) (remoteKind, error) {
	info, err := u.server.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing, nil
	case err != nil:
		return missing, fmt.Errorf("looking at %s on the server: %w", target, err)
	case info.IsDir():
		return folder, nil
	default:
		return other, nil
	}
}
