// Package shim opens the door to the provider, which lies in a package that only modules below its own path may import.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	tls "github.com/hashicorp/terraform-provider-tls/internal/provider"
)

// New returns the Terraform TLS provider.
func New() provider.Provider { return tls.New() }
