package remote

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyToRemote is the resource command:remote:CopyToRemote.
type CopyToRemote struct{}

// Annotate describes the resource in the schema.
func (c *CopyToRemote) Annotate(a infer.Annotator) {
	a.Describe(&c, "A file, text or folder copied to another computer over SSH. A deletion leaves the copy in place.")
}

// CopyToRemoteInputs are the arguments of a CopyToRemote.
type CopyToRemoteInputs struct {
	Connection Connection           `pulumi:"connection" provider:"secret"`
	Source     types.AssetOrArchive `pulumi:"source"`
	RemotePath string               `pulumi:"remotePath"`
	Triggers   []any                `pulumi:"triggers,optional" provider:"replaceOnChanges"`
}

// Annotate describes the arguments in the schema.
func (c *CopyToRemoteInputs) Annotate(a infer.Annotator) {
	a.Describe(&c.Connection, "The server and how to log in to it.")
	a.Describe(&c.Source, "What to copy: a FileAsset, a StringAsset, or a FileArchive of a file (not unpacked) or a folder. "+
		"A folder is copied into remotePath under its own name, or without it when its path ends in a slash.")
	a.Describe(&c.RemotePath, "Where to: a path the login user may write. Missing parent folders are made.")
	a.Describe(&c.Triggers, "Values whose change replaces the resource.")
}

// CopyToRemoteOutputs are the state of a CopyToRemote: its arguments.
type CopyToRemoteOutputs struct {
	CopyToRemoteInputs
}

// Check refuses a source that cannot be copied. A source that is not known yet in a preview is accepted.
func (*CopyToRemote) Check(
	ctx context.Context, request infer.CheckRequest,
) (infer.CheckResponse[CopyToRemoteInputs], error) {
	inputs, failures, err := infer.DefaultCheck[CopyToRemoteInputs](ctx, request.NewInputs)
	source, given := request.NewInputs.GetOk("source")
	if err == nil && given && !source.HasComputed() {
		if reason := refusal(inputs.Source); reason != "" {
			failures = append(failures, p.CheckFailure{Property: "source", Reason: reason})
		}
	}
	return infer.CheckResponse[CopyToRemoteInputs]{Inputs: inputs, Failures: failures}, err
}

func refusal(source types.AssetOrArchive) string {
	const allowed = "; allowed: FileAsset, StringAsset, FileArchive of a local path"
	switch {
	case source.Asset != nil && (source.Asset.IsPath() || source.Asset.IsText()):
		return ""
	case source.Archive != nil && source.Archive.IsPath():
		return ""
	case source.Asset != nil:
		return "got an asset of another kind" + allowed
	case source.Archive != nil:
		return "got an archive of another kind" + allowed
	default:
		return "got neither an asset nor an archive" + allowed
	}
}

// Create copies the source.
func (*CopyToRemote) Create(
	ctx context.Context, request infer.CreateRequest[CopyToRemoteInputs],
) (infer.CreateResponse[CopyToRemoteOutputs], error) {
	state := CopyToRemoteOutputs{CopyToRemoteInputs: request.Inputs}
	if request.DryRun {
		return infer.CreateResponse[CopyToRemoteOutputs]{Output: state}, nil
	}
	if err := request.Inputs.copy(ctx); err != nil {
		return infer.CreateResponse[CopyToRemoteOutputs]{}, err
	}
	id, err := resource.NewUniqueHex(request.Name, 8, 0)
	return infer.CreateResponse[CopyToRemoteOutputs]{ID: id, Output: state}, err
}

// Update copies again when the content or the path changed; a changed connection alone is only recorded.
func (*CopyToRemote) Update(
	ctx context.Context, request infer.UpdateRequest[CopyToRemoteInputs, CopyToRemoteOutputs],
) (infer.UpdateResponse[CopyToRemoteOutputs], error) {
	state := CopyToRemoteOutputs{CopyToRemoteInputs: request.Inputs}
	old := request.State.CopyToRemoteInputs
	same := request.Inputs.hash() == old.hash() && request.Inputs.RemotePath == old.RemotePath
	if request.DryRun || same {
		return infer.UpdateResponse[CopyToRemoteOutputs]{Output: state}, nil
	}
	if err := request.Inputs.copy(ctx); err != nil {
		return infer.UpdateResponse[CopyToRemoteOutputs]{}, err
	}
	return infer.UpdateResponse[CopyToRemoteOutputs]{Output: state}, nil
}

func (c CopyToRemoteInputs) hash() string {
	switch {
	case c.Source.Asset != nil:
		return c.Source.Asset.Hash
	case c.Source.Archive != nil:
		return c.Source.Archive.Hash
	default:
		return ""
	}
}
