// Command pulumi-resource-aws is the part of the package aws that the program uses: the real Terraform AWS provider as
// a Pulumi plugin, for tests on computers that cannot download the vendor's build. It is never what a user deploys with.
//
// Usage: pulumi-resource-aws generate FOLDER writes schema.json, which the plugin reads from beside itself.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
)

const schemaFile = "schema.json"

// version is set when the plugin is linked.
var version = "0.0.0"

func main() {
	run := serve
	if len(os.Args) == 3 && os.Args[1] == "generate" {
		run = func(ctx context.Context) error { return generate(ctx, os.Args[2]) }
	}
	if err := run(context.Background()); err != nil {
		// On standard error by hand: the Terraform provider silences the package log.
		fmt.Fprintln(os.Stderr, "pulumi-resource-aws:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	schema, err := os.ReadFile(filepath.Join(filepath.Dir(program), schemaFile))
	if err != nil {
		return fmt.Errorf("the schema, made by `generate`: %w", err)
	}
	info, err := provider(ctx, version)
	if err != nil {
		return err
	}
	if err := recordDispatch(info); err != nil {
		return err
	}
	pf.MainWithMuxer(ctx, info.Name, info, schema)
	return nil
}

func generate(ctx context.Context, folder string) error {
	info, err := provider(ctx, version)
	if err != nil {
		return err
	}
	result, err := tfgen.GenerateSchema(ctx, tfgen.GenerateSchemaOptions{
		ProviderInfo:    info,
		DiagnosticsSink: diag.DefaultSink(io.Discard, os.Stderr, diag.FormatOptions{Color: colors.Never}),
	})
	if err != nil {
		return fmt.Errorf("generating the schema: %w", err)
	}
	return os.WriteFile(filepath.Join(folder, schemaFile), result.ProviderMetadata.PackageSchema, 0o644)
}
