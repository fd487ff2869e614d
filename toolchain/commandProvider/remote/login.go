package remote

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// login is what one SSH handshake needs. Close it after the handshake: it may hold a connection to an agent.
type login struct {
	config *ssh.ClientConfig
	agent  io.Closer
}

func (l *login) close() {
	if l.agent != nil {
		_ = l.agent.Close()
	}
}

// newLogin reads the keys of the endpoint. Its errors are faults of the settings, which no further attempt would mend.
func (e Endpoint) newLogin() (*login, error) {
	checkHostKey, algorithms, err := e.hostKeyCheck()
	if err != nil {
		return nil, err
	}
	result := &login{config: &ssh.ClientConfig{
		User:              valueOr(e.User, defaultUser),
		HostKeyCallback:   checkHostKey,
		HostKeyAlgorithms: algorithms,
	}}
	signers, err := e.privateKeySigners()
	if err != nil {
		return nil, err
	}
	offerAgent, err := e.openAgent(result)
	if err != nil {
		return nil, err
	}
	// The SSH library tries each method once, so key and agent go into one method: the key first.
	if len(signers) > 0 || offerAgent != nil {
		result.config.Auth = append(result.config.Auth, ssh.PublicKeysCallback(func() ([]ssh.Signer, error) {
			if offerAgent == nil {
				return signers, nil
			}
			fromAgent, err := offerAgent()
			if err != nil && len(signers) == 0 {
				return nil, fmt.Errorf("reading the keys of the SSH agent: %w", err)
			}
			return append(signers[:len(signers):len(signers)], fromAgent...), nil
		}))
	}
	result.config.Auth = append(result.config.Auth, e.passwordMethods()...)
	return result, nil
}

func (e Endpoint) privateKeySigners() ([]ssh.Signer, error) {
	pem := valueOr(e.PrivateKey, "")
	if pem == "" {
		return nil, nil
	}
	var signer ssh.Signer
	var err error
	if password := valueOr(e.PrivateKeyPassword, ""); password != "" {
		signer, err = ssh.ParsePrivateKeyWithPassphrase([]byte(pem), []byte(password))
	} else {
		signer, err = ssh.ParsePrivateKey([]byte(pem))
	}
	if err != nil {
		// The parser's error may quote the input, so only its kind is reported.
		if errors.As(err, new(*ssh.PassphraseMissingError)) {
			return nil, errors.New("connection.privateKey: got an encrypted key; allowed: a key with privateKeyPassword; set it")
		}
		return nil, errors.New("connection.privateKey: got a value that is no private key, or privateKeyPassword is wrong; " +
			"allowed: PEM or OpenSSH form; check how the key is read")
	}
	return []ssh.Signer{signer}, nil
}

// openAgent connects to the SSH agent and returns the function that reads its keys, or nil where there is no agent.
// An agent that was named in the settings must answer; the one of the environment may be dead when there is another
// way to log in.
func (e Endpoint) openAgent(result *login) (func() ([]ssh.Signer, error), error) {
	path := valueOr(e.AgentSocketPath, "")
	named := path != ""
	if !named {
		path = os.Getenv("SSH_AUTH_SOCK")
	}
	if path == "" {
		return nil, nil
	}
	socket, err := net.Dial("unix", path)
	if err != nil {
		if !named && (valueOr(e.PrivateKey, "") != "" || valueOr(e.Password, "") != "") {
			return nil, nil
		}
		return nil, fmt.Errorf("no SSH agent answers: %w; set agentSocketPath or SSH_AUTH_SOCK, or give a privateKey", err)
	}
	result.agent = socket
	return agent.NewClient(socket).Signers, nil
}

func (e Endpoint) passwordMethods() []ssh.AuthMethod {
	password := valueOr(e.Password, "")
	if password == "" {
		return nil
	}
	answerAll := func(_, _ string, questions []string, _ []bool) ([]string, error) {
		answers := make([]string, len(questions))
		for i := range answers {
			answers[i] = password
		}
		return answers, nil
	}
	return []ssh.AuthMethod{ssh.Password(password), ssh.KeyboardInteractive(answerAll)}
}
