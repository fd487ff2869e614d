package remote

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

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

// Delete runs the delete command of the old state; without one it opens no connection.
func (*Command) Delete(
	ctx context.Context, request infer.DeleteRequest[CommandOutputs],
) (infer.DeleteResponse, error) {
	state := request.State
	return infer.DeleteResponse{}, state.run(ctx, state.CommandInputs.Delete, &request.State)
}

// run runs command and keeps its output; without a command no connection is opened and the output stays as it is.
// previous is the state whose output the command may find in its environment.
func (c *CommandOutputs) run(ctx context.Context, command *string, previous *CommandOutputs) error {
	if command == nil {
		return nil
	}
	inputs := c.CommandInputs
	call := invocation{
		command:     *command,
		environment: inputs.Environment,
		stdin:       valueOr(inputs.Stdin, ""),
		logging:     valueOr(inputs.Logging, ""),
	}
	if previous != nil && valueOr(inputs.AddPreviousOutputInEnv, true) {
		call.previous = map[string]string{
			"PULUMI_COMMAND_STDOUT": previous.Stdout,
			"PULUMI_COMMAND_STDERR": previous.Stderr,
		}
	}
	stdout, stderr, err := call.run(ctx, inputs.Connection)
	if err != nil {
		return err
	}
	c.Stdout, c.Stderr = stdout, stderr
	return nil
}
