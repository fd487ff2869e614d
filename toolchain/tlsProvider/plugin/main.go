// Command pulumi-resource-tls is the Terraform TLS provider as a Pulumi plugin, for machines that cannot download the
// vendor's build of it.
package main

import (
	"context"
	_ "embed"

	"portico/toolchain/tlsProvider/info"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
)

// schema is written by the command gen.
//
//go:embed schema.json
var schema []byte

func main() {
	tfbridge.Main(context.Background(), "tls", info.Provider(), tfbridge.ProviderMetadata{
		PackageSchema: schema,
		// No hand-made mappings exist, so there is no metadata.
		BridgeMetadata: []byte("{}"),
	})
}
