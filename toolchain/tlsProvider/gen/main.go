// Command gen writes the provider's schema, which the plugin embeds.
//
// Usage: gen FOLDER. FOLDER is the plugin's package folder; schema.json in it is replaced. The warning about upstream
// documentation is expected: the schema then has no texts, which nothing here reads.
package main

import (
	"context"
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
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate(folder string) error {
	result, err := tfgen.GenerateSchema(context.Background(), tfgen.GenerateSchemaOptions{
		ProviderInfo:    info.Provider(),
		DiagnosticsSink: diag.DefaultSink(io.Discard, os.Stderr, diag.FormatOptions{Color: colors.Never}),
	})
	if err != nil {
		return fmt.Errorf("generating the schema: %w", err)
	}
	return os.WriteFile(filepath.Join(folder, "schema.json"), result.ProviderMetadata.PackageSchema, 0o644)
}
