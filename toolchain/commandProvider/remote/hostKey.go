package remote

import (
	"bytes"
	"errors"
	"fmt"
	"net"

	"golang.org/x/crypto/ssh"
)

// errHostKey is the refusal of a server that does not hold the expected key. The handshake ends with it before any
// login is tried.
var errHostKey = errors.New("the server's host key is not the expected one (connection.hostKey)")

// hostKeyCheck returns how to verify the server's key, and the algorithms to accept: only those of the expected key, so
// that a server with several keys presents the right one.
func (e Endpoint) hostKeyCheck() (ssh.HostKeyCallback, []string, error) {
	text := valueOr(e.HostKey, "")
	if text == "" {
		return ssh.InsecureIgnoreHostKey(), nil, nil
	}
	expected, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil {
		return nil, nil, fmt.Errorf("connection.hostKey: got %q; allowed: a public key in the form of authorized_keys, "+
			"for example \"ssh-ed25519 AAAA...\"; take it from the server's /etc/ssh/ssh_host_*_key.pub", text)
	}
	check := func(_ string, _ net.Addr, offered ssh.PublicKey) error {
		if !bytes.Equal(offered.Marshal(), expected.Marshal()) {
			return fmt.Errorf("%w: expected %s, got %s",
				errHostKey, ssh.FingerprintSHA256(expected), ssh.FingerprintSHA256(offered))
		}
		return nil
	}
	return check, algorithmsOf(expected), nil
}

func algorithmsOf(key ssh.PublicKey) []string {
	if key.Type() == ssh.KeyAlgoRSA {
		// The key type ssh-rsa names the signature with SHA-1 as well, which is not accepted.
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{key.Type()}
}
