// Package remote runs commands on, and copies files to, other computers over SSH.
package remote

import "github.com/pulumi/pulumi-go-provider/infer"

// Endpoint is one SSH server and how to log in to it.
type Endpoint struct {
	User               *string `pulumi:"user,optional"`
	Password           *string `pulumi:"password,optional" provider:"secret"`
	Host               string  `pulumi:"host"`
	Port               *int    `pulumi:"port,optional"`
	PrivateKey         *string `pulumi:"privateKey,optional" provider:"secret"`
	PrivateKeyPassword *string `pulumi:"privateKeyPassword,optional" provider:"secret"`
	AgentSocketPath    *string `pulumi:"agentSocketPath,optional"`
	DialErrorLimit     *int    `pulumi:"dialErrorLimit,optional"`
	PerDialTimeout     *int    `pulumi:"perDialTimeout,optional"`
	HostKey            *string `pulumi:"hostKey,optional"`
}

// Annotate describes the fields in the schema and gives their defaults.
func (e *Endpoint) Annotate(a infer.Annotator) {
	a.Describe(&e.User, "The user to log in as.")
	a.SetDefault(&e.User, "root")
	a.Describe(&e.Password, "The password to log in with.")
	a.Describe(&e.Host, "The address or name of the server.")
	a.Describe(&e.Port, "The server's port.")
	a.SetDefault(&e.Port, defaultPort)
	a.Describe(&e.PrivateKey, "The private key to log in with, in PEM or OpenSSH form; tried before the password.")
	a.Describe(&e.PrivateKeyPassword, "The password of an encrypted private key.")
	a.Describe(&e.AgentSocketPath, "The socket of an SSH agent. Default: SSH_AUTH_SOCK.")
	a.Describe(&e.DialErrorLimit, "How many failed attempts to connect are forgiven; -1 means all.")
	a.SetDefault(&e.DialErrorLimit, defaultDialErrorLimit)
	a.Describe(&e.PerDialTimeout, "The time limit of one attempt in seconds; 0 means none.")
	a.SetDefault(&e.PerDialTimeout, defaultPerDialTimeout)
	a.Describe(&e.HostKey, "The server's public key in the form of authorized_keys. Without it any key is accepted.")
}

const (
	defaultUser           = "root"
	defaultPort           = 22
	defaultDialErrorLimit = 10
	defaultPerDialTimeout = 15
)

// ProxyConnection is the jump host of a Connection.
type ProxyConnection struct {
	Endpoint
}

// Annotate describes the type in the schema.
func (c *ProxyConnection) Annotate(a infer.Annotator) {
	a.Describe(&c, "How to connect to a jump host.")
	c.Endpoint.Annotate(a)
}

// Connection is an SSH server, reached directly or through one jump host.
type Connection struct {
	Endpoint
	Proxy *ProxyConnection `pulumi:"proxy,optional"`
}

// Annotate describes the type in the schema.
func (c *Connection) Annotate(a infer.Annotator) {
	a.Describe(&c, "How to connect to a server.")
	a.Describe(&c.Proxy, "The jump host to go through.")
	c.Endpoint.Annotate(a)
}

// valueOr returns what pointer points to, or fallback where there is nothing.
func valueOr[T any](pointer *T, fallback T) T {
	if pointer == nil {
		return fallback
	}
	return *pointer
}
