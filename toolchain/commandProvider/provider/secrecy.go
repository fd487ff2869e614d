package provider

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// ignoreSecrecyWithin makes a connection whose values are the same no difference, whatever in it is marked secret. It is
// secret as a whole in any case; the marks within were none in earlier builds of this provider, and running every command
// of a stack again for them would be a release for nothing.
func ignoreSecrecyWithin(served p.Provider) p.Provider {
	compare := served.Diff
	served.Diff = func(ctx context.Context, request p.DiffRequest) (p.DiffResponse, error) {
		request.State = withPlainConnection(request.State)
		request.OldInputs = withPlainConnection(request.OldInputs)
		request.Inputs = withPlainConnection(request.Inputs)
		return compare(ctx, request)
	}
	return served
}

func withPlainConnection(properties property.Map) property.Map {
	connection, there := properties.GetOk("connection")
	if !there {
		return properties
	}
	return properties.Set("connection", plain(connection))
}

func plain(value property.Value) property.Value {
	if !value.IsMap() {
		return value.WithSecret(false)
	}
	fields := map[string]property.Value{}
	for name, field := range value.AsMap().All {
		fields[name] = plain(field)
	}
	return property.New(property.NewMap(fields))
}
