// Package provider puts the three resources together into one Pulumi provider.
package provider

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"portico/toolchain/commandProvider/local"
	"portico/toolchain/commandProvider/remote"
)

const (
	// Name is the plugin's name; tokens start with it.
	Name = "command"
	// Version is the version of @pulumi/command whose schema and behaviour this provider follows.
	Version = "1.2.1"
)

// New returns the provider with local.Command, remote.Command and remote.CopyToRemote.
func New() (p.Provider, error) {
	served, err := infer.NewProviderBuilder().
		WithDisplayName("Command").
		WithDescription("Runs commands on this computer and over SSH, and copies files over SSH, as Pulumi resources.").
		WithResources(
			infer.Resource(&local.Command{}),
			infer.Resource(&remote.Command{}),
			infer.Resource(&remote.CopyToRemote{}),
		).
		Build()
	if err != nil {
		return p.Provider{}, err
	}
	return ignoreSecrecyWithin(replaceOnTriggers(served)), nil
}
