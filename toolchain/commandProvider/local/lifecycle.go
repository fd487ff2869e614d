package local

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Check refuses what this provider cannot do, before anything runs.
func (*Command) Check(ctx context.Context, request infer.CheckRequest) (infer.CheckResponse[CommandInputs], error) {
	inputs, failures, err := infer.DefaultCheck[CommandInputs](ctx, request.NewInputs)
	const reason = "not supported by this stand-in for the command provider; " +
		"read the files in the program, or install the vendor's plugin: pulumi plugin install resource command 1.2.1"
	if len(inputs.AssetPaths) > 0 {
		failures = append(failures, p.CheckFailure{Property: "assetPaths", Reason: reason})
	}
	if len(inputs.ArchivePaths) > 0 {
		failures = append(failures, p.CheckFailure{Property: "archivePaths", Reason: reason})
	}
	return infer.CheckResponse[CommandInputs]{Inputs: inputs, Failures: failures}, err
}

// Create runs the create command. A failure leaves no resource behind.
func (*Command) Create(
	ctx context.Context, request infer.CreateRequest[CommandInputs],
) (infer.CreateResponse[CommandOutputs], error) {
	state := CommandOutputs{CommandInputs: request.Inputs}
	if request.DryRun {
		return infer.CreateResponse[CommandOutputs]{Output: state}, nil
	}
	if err := state.run(ctx, request.Inputs.Create, nil); err != nil {
		return infer.CreateResponse[CommandOutputs]{}, err
	}
	id, err := resource.NewUniqueHex(request.Name, 8, 0)
	return infer.CreateResponse[CommandOutputs]{ID: id, Output: state}, err
}

// Update runs the update command, or create where there is none. A failure keeps the old state.
func (*Command) Update(
	ctx context.Context, request infer.UpdateRequest[CommandInputs, CommandOutputs],
) (infer.UpdateResponse[CommandOutputs], error) {
	state := CommandOutputs{CommandInputs: request.Inputs, Stdout: request.State.Stdout, Stderr: request.State.Stderr}
	if request.DryRun {
		return infer.UpdateResponse[CommandOutputs]{Output: state}, nil
	}
	command := request.Inputs.Update
	if command == nil {
		command = request.Inputs.Create
	}
	if err := state.run(ctx, command, &request.State); err != nil {
		return infer.UpdateResponse[CommandOutputs]{}, err
	}
	return infer.UpdateResponse[CommandOutputs]{Output: state}, nil
}

// Delete runs the delete command of the old state; without one it does nothing.
func (*Command) Delete(
	ctx context.Context, request infer.DeleteRequest[CommandOutputs],
) (infer.DeleteResponse, error) {
	state := request.State
	return infer.DeleteResponse{}, state.run(ctx, state.CommandInputs.Delete, &request.State)
}

// run runs command and keeps its output; without a command the output stays as it is.
// previous is the state whose output the command may find in its environment.
func (c *CommandOutputs) run(ctx context.Context, command *string, previous *CommandOutputs) error {
	if command == nil {
		return nil
	}
	inputs := c.CommandInputs
	call := invocation{command: *command, interpreter: inputs.Interpreter, environment: inputs.Environment}
	if inputs.Dir != nil {
		call.folder = *inputs.Dir
	}
	if inputs.Stdin != nil {
		call.stdin = *inputs.Stdin
	}
	if inputs.Logging != nil {
		call.logging = *inputs.Logging
	}
	if previous != nil && (inputs.AddPreviousOutputInEnv == nil || *inputs.AddPreviousOutputInEnv) {
		call.previous = []string{"PULUMI_COMMAND_STDOUT=" + previous.Stdout, "PULUMI_COMMAND_STDERR=" + previous.Stderr}
	}
	stdout, stderr, err := call.run(ctx)
	if err != nil {
		return err
	}
	c.Stdout, c.Stderr = stdout, stderr
	return nil
}
