package remote

import "github.com/pulumi/pulumi-go-provider/infer"

// Command is the resource command:remote:Command.
type Command struct{}

// Annotate describes the resource in the schema.
func (c *Command) Annotate(a infer.Annotator) {
	a.Describe(&c, "A command on another computer, over SSH: run at creation, at each change of an input, and at deletion.")
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
	Connection             Connection        `pulumi:"connection" provider:"secret"`
	Create                 *string           `pulumi:"create,optional"`
	Update                 *string           `pulumi:"update,optional"`
	Delete                 *string           `pulumi:"delete,optional"`
	Environment            map[string]string `pulumi:"environment,optional"`
	Stdin                  *string           `pulumi:"stdin,optional"`
	Logging                *Logging          `pulumi:"logging,optional"`
	AddPreviousOutputInEnv *bool             `pulumi:"addPreviousOutputInEnv,optional"`
	Triggers               []any             `pulumi:"triggers,optional" provider:"replaceOnChanges"`
}

// Annotate describes the arguments in the schema.
func (c *CommandInputs) Annotate(a infer.Annotator) {
	a.Describe(&c.Connection, "The server and how to log in to it.")
	a.Describe(&c.Create, "The command to run at creation, and at an update when update is not given.")
	a.Describe(&c.Update, "The command to run at an update.")
	a.Describe(&c.Delete, "The command to run at deletion. Without it a deletion opens no connection.")
	a.Describe(&c.Environment, "Variables for the command; the server's AcceptEnv must list them.")
	a.Describe(&c.Stdin, "What the command reads from standard input.")
	a.Describe(&c.Logging, "Which streams are shown while the command runs; both are kept in any case. Default: both.")
	a.Describe(&c.AddPreviousOutputInEnv, "Whether an update or a deletion finds the last outputs in "+
		"PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR.")
	a.SetDefault(&c.AddPreviousOutputInEnv, true)
	a.Describe(&c.Triggers, "Values whose change replaces the resource.")
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
