package provider

import (
	"os"
	"path/filepath"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"portico/toolchain/commandProvider/sshtest"
)

func textAsset(t *testing.T, content string) property.Value {
	t.Helper()
	made, err := asset.FromText(content)
	if err != nil {
		t.Fatal(err)
	}
	return property.New(made)
}

func fileAsset(t *testing.T, path string) property.Value {
	t.Helper()
	made, err := asset.FromPath(path)
	if err != nil {
		t.Fatal(err)
	}
	return property.New(made)
}

func fileArchive(t *testing.T, path string) property.Value {
	t.Helper()
	made, err := archive.FromPath(path)
	if err != nil {
		t.Fatal(err)
	}
	return property.New(made)
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, path, content string) {
	t.Helper()
	found, err := os.ReadFile(path)
	if err != nil || string(found) != content {
		t.Errorf("%s: got %q, %v; wanted %q", path, found, err, content)
	}
}

func TestCopyOfTextAndFileMakesParentsAndOverwrites(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	source, target := filepath.Join(t.TempDir(), "source"), filepath.Join(t.TempDir(), "deep", "down", "target")
	inputs := values{"connection": loginTo(server, nil), "source": textAsset(t, "a longer first text"), "remotePath": text(target)}
	created := e.create(copyToRemote, inputs)
	wantFile(t, target, "a longer first text")

	writeFile(t, source, "second")
	inputs["source"] = fileAsset(t, source)
	e.update(copyToRemote, created, inputs)
	wantFile(t, target, "second")
	eventually(t, "the connections are closed", func() bool { return server.Open.Load() == 0 })
}

func TestCopyOfAFileIntoAFolderKeepsItsName(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	source, folder := filepath.Join(t.TempDir(), "name.txt"), t.TempDir()
	writeFile(t, source, "content")
	e.create(copyToRemote, values{"connection": loginTo(server, nil), "source": fileAsset(t, source), "remotePath": text(folder)})
	wantFile(t, filepath.Join(folder, "name.txt"), "content")

	message := e.createFails(copyToRemote, values{
		"connection": loginTo(server, nil), "source": textAsset(t, "x"), "remotePath": text(folder),
	})
	wantContains(t, message, "is a folder on the server")
}

func TestCopyOfAFolderFollowsTheTrailingSlash(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	source, target := filepath.Join(t.TempDir(), "tree"), filepath.Join(t.TempDir(), "target")
	writeFile(t, filepath.Join(source, "top"), "1")
	writeFile(t, filepath.Join(source, "sub", "leaf"), "2")
	for path, landed := range map[string]string{source: filepath.Join(target, "tree"), source + "/": target} {
		e.create(copyToRemote, values{
			"connection": loginTo(server, nil), "source": fileArchive(t, path), "remotePath": text(target),
		})
		wantFile(t, filepath.Join(landed, "top"), "1")
		wantFile(t, filepath.Join(landed, "sub", "leaf"), "2")
	}
}

func TestUpdateCopiesOnlyWhenContentOrPathChanged(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	folder := t.TempDir()
	inputs := values{"connection": loginTo(server, nil), "source": textAsset(t, "same"), "remotePath": text(filepath.Join(folder, "one"))}
	created := e.create(copyToRemote, inputs)

	inputs["connection"] = loginTo(server, values{"user": text("another")})
	sessions := server.Sessions.Load()
	updated := e.update(copyToRemote, created, inputs)
	if server.Sessions.Load() != sessions {
		t.Error("a changed connection alone copied again")
	}
	wantText(t, updated.Get("connection").AsMap().Get("user"), "another")

	inputs["remotePath"] = text(filepath.Join(folder, "two"))
	e.update(copyToRemote, created, inputs)
	wantFile(t, filepath.Join(folder, "two"), "same")
	e.delete(copyToRemote, created)
	wantFile(t, filepath.Join(folder, "one"), "same")
}

func TestAPreviewWithAnUnknownSourceSucceeds(t *testing.T) {
	e := newEngine(t)
	server := sshtest.Start(t, sshtest.Options{})
	inputs := e.check(copyToRemote, values{
		"connection": loginTo(server, nil), "source": property.New(property.Computed), "remotePath": text("/nowhere"),
	})
	response, err := e.server.Create(p.CreateRequest{Urn: urnOf(copyToRemote), Properties: inputs, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if !response.Properties.Get("source").HasComputed() {
		t.Errorf("got %#v; wanted it unknown", response.Properties.Get("source"))
	}
	if server.Attempts.Load() != 0 {
		t.Error("a preview opened a connection")
	}
}

func TestASourceOfAnotherKindIsRefused(t *testing.T) {
	e := newEngine(t)
	server := sshtest.Start(t, sshtest.Options{})
	parts, err := archive.FromAssets(map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	fromElsewhere := &asset.Asset{Sig: asset.AssetSig, URI: "https://example.org/file"}
	for _, source := range []property.Value{property.New(parts), property.New(fromElsewhere), text("a path")} {
		response, err := e.server.Check(p.CheckRequest{Urn: urnOf(copyToRemote), Inputs: property.NewMap(values{
			"connection": loginTo(server, nil), "source": source, "remotePath": text("/x"),
		})})
		if err == nil && len(response.Failures) == 0 {
			t.Errorf("accepted %#v", source)
		}
	}
}
