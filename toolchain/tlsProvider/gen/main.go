// Command gen writes the provider's schema, which the plugin embeds and this checkout holds: making it takes a second, building
// what makes it as long as the plugin.
//
// Usage: go run -trimpath ./gen FOLDER. FOLDER is the plugin's package folder; schema.json in it is replaced. The warning about
// upstream documentation is expected: the schema then has no texts, which nothing here reads.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"portico/toolchain/tlsProvider/info"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen FOLDER")
		os.Exit(2)
	}
	if err := write(filepath.Join(os.Args[1], "schema.json")); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func write(file string) error {
	schema, err := generate(os.Stderr)
	if err != nil {
		return fmt.Errorf("generating the schema: %w", err)
	}
	return os.WriteFile(file, schema, 0o644)
}

// generate makes the schema in the form in which it is kept: a value a line, so that a change of it can be read.
func generate(warnings io.Writer) ([]byte, error) {
	result, err := tfgen.GenerateSchema(context.Background(), tfgen.GenerateSchemaOptions{
		ProviderInfo:    info.Provider(),
		DiagnosticsSink: diag.DefaultSink(io.Discard, warnings, diag.FormatOptions{Color: colors.Never}),
	})
	if err != nil {
		return nil, err
	}
	var lines bytes.Buffer
	if err := json.Indent(&lines, result.ProviderMetadata.PackageSchema, "", " "); err != nil {
		return nil, err
	}
	lines.WriteByte('\n')
	return lines.Bytes(), nil
}
