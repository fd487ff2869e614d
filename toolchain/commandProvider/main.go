// Command pulumi-resource-command is a stand-in for the vendor's command plugin 1.2.1, for machines that cannot download it.
//
// It serves local.Command, remote.Command and remote.CopyToRemote with the vendor's schema, so the npm package
// @pulumi/command 1.2.1 drives it unchanged.
package main

import (
	"context"
	"fmt"
	"os"

	"portico/toolchain/commandProvider/provider"
)

func main() {
	served, err := provider.New()
	if err == nil {
		err = served.Run(context.Background(), provider.Name, provider.Version)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-command:", err)
		os.Exit(1)
	}
}
