// Package local runs commands on the computer that runs the engine.
package local

import "github.com/pulumi/pulumi-go-provider/infer"

// Command is the resource command:local:Command.
type Command struct{}

// Annotate describes the resource in the schema.
func (c *Command) Annotate(a infer.Annotator) {
	a.Describe(&c, "A command on this computer: run at creation, at each change of an input, and at deletion.")
}

// Logging says which streams are shown on the console while a command runs.
type Logging string

// The values of Logging; without one, both streams are shown.
const (
	LogStdout          Logging = "stdout"
	LogStderr          Logging = "stderr"
	LogStdoutAndStderr Logging = "stdoutAndStderr"
	LogNone            Logging = "none"
)

// Values lists the allowed values in the schema.
func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Name: string(LogStdout), Value: LogStdout, Description: "Show stdout, not stderr."},
		{Name: string(LogStderr), Value: LogStderr, Description: "Show stderr, not stdout."},
		{Name: string(LogStdoutAndStderr), Value: LogStdoutAndStderr, Description: "Show both."},
		{Name: string(LogNone), Value: LogNone, Description: "Show neither."},
	}
}

// CommandInputs are the arguments of a Command.
type CommandInputs struct {
	Create                 *string           `pulumi:"create,optional"`
	Update                 *string           `pulumi:"update,optional"`
	Delete                 *string           `pulumi:"delete,optional"`
	Interpreter            []string          `pulumi:"interpreter,optional"`
	Dir                    *string           `pulumi:"dir,optional"`
	Environment            map[string]string `pulumi:"environment,optional"`
	Stdin                  *string           `pulumi:"stdin,optional"`
	Logging                *Logging          `pulumi:"logging,optional"`
	AddPreviousOutputInEnv *bool             `pulumi:"addPreviousOutputInEnv,optional"`
	Triggers               []any             `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	AssetPaths             []string          `pulumi:"assetPaths,optional"`
	ArchivePaths           []string          `pulumi:"archivePaths,optional"`
}

// Annotate describes the arguments in the schema.
func (c *CommandInputs) Annotate(a infer.Annotator) {
	a.Describe(&c.Create, "The command to run at creation, and at an update when update is not given.")
	a.Describe(&c.Update, "The command to run at an update.")
	a.Describe(&c.Delete, "The command to run at deletion.")
	a.Describe(&c.Interpreter, "The program, with arguments, that gets the command as its last argument. Default: /bin/sh -c.")
	a.Describe(&c.Dir, "The folder to run in. Default: that of the Pulumi program.")
	a.Describe(&c.Environment, "Variables added to the environment of this process.")
	a.Describe(&c.Stdin, "What the command reads from standard input.")
	a.Describe(&c.Logging, "Which streams are shown while the command runs; both are kept in any case. Default: both.")
	a.Describe(&c.AddPreviousOutputInEnv, "Whether an update or a deletion finds the last outputs in "+
		"PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR.")
	a.SetDefault(&c.AddPreviousOutputInEnv, true)
	a.Describe(&c.Triggers, "Values whose change replaces the resource.")
	a.Describe(&c.AssetPaths, "Not supported by this provider.")
	a.Describe(&c.ArchivePaths, "Not supported by this provider.")
}

// CommandOutputs are the arguments and results of a Command: its state.
type CommandOutputs struct {
	CommandInputs
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// Annotate describes the results in the schema.
func (c *CommandOutputs) Annotate(a infer.Annotator) {
	a.Describe(&c.Stdout, "What the last command printed to standard output, less one newline at the end.")
	a.Describe(&c.Stderr, "What the last command printed to standard error, less one newline at the end.")
}
