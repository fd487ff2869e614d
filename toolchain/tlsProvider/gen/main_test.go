package main

import (
	"bytes"
	"io"
	"os"
	"testing"
)

func TestSchemaIsTheOneThatTheProviderHas(t *testing.T) {
	kept, err := os.ReadFile("../plugin/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	made, err := generate(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, made) {
		t.Fatal("plugin/schema.json is not what the provider makes; write it anew: go run -trimpath ./gen plugin")
	}
}
