package provider

import (
	"context"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
)

// replaceOnTriggers makes a changed, added or removed element of triggers replace the resource.
//
// The framework has triggers as one property, but its difference names elements ("triggers[0]"), which alone would be
// an update. The SDK requests the replacement from the engine as well; a program in YAML or an import does not.
func replaceOnTriggers(served p.Provider) p.Provider {
	compare := served.Diff
	served.Diff = func(ctx context.Context, request p.DiffRequest) (p.DiffResponse, error) {
		response, err := compare(ctx, request)
		if err != nil {
			return response, err
		}
		for path, change := range response.DetailedDiff {
			if isTrigger(path) {
				change.Kind = asReplacement(change.Kind)
				response.DetailedDiff[path] = change
			}
		}
		return response, nil
	}
	return served
}

func isTrigger(path string) bool {
	return path == "triggers" || strings.HasPrefix(path, "triggers[") || strings.HasPrefix(path, "triggers.")
}

func asReplacement(kind p.DiffKind) p.DiffKind {
	switch kind {
	case p.Add:
		return p.AddReplace
	case p.Delete:
		return p.DeleteReplace
	case p.Update:
		return p.UpdateReplace
	default:
		return kind
	}
}
