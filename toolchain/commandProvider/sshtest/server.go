// Package sshtest is an SSH server on the loopback address for tests: it runs commands, serves SFTP, forwards
// connections, and counts what clients did.
package sshtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Options change what a server does.
type Options struct {
	// AcceptEnv lists the variables that clients may send.
	AcceptEnv []string
	// DropFirst is how many connections are closed before the handshake.
	DropFirst int32
	// Silent makes the server accept connections and never speak.
	Silent bool
	// Password, when not empty, is accepted beside the client key.
	Password string
	// InteractiveOnly offers the password by keyboard-interactive alone.
	InteractiveOnly bool
}

// Server is a running server. It ends with its test.
type Server struct {
	// Port is where it listens, on 127.0.0.1.
	Port int
	// HostKey and HostKeyRSA are its public keys in the form of authorized_keys.
	HostKey, HostKeyRSA string
	// ClientKey is the private key that may log in, in PEM.
	ClientKey string

	// Attempts counts connections, Logins tries to log in, Sessions opened sessions, Open connections that are open now.
	Attempts, Logins, Sessions, Open atomic.Int32

	options Options
	config  *ssh.ServerConfig
	mutex   sync.Mutex
	opened  []net.Conn
}

// Start runs a server until the test ends.
func Start(t *testing.T, options Options) *Server {
	t.Helper()
	server := &Server{options: options}
	clientPublic, clientPEM := NewKey(t)
	server.ClientKey = clientPEM
	server.config = server.newConfig(clientPublic)
	server.HostKey = server.addHostKey(t, newSigner(t))
	server.HostKeyRSA = server.addHostKey(t, rsaSigner())

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server.Port = listener.Addr().(*net.TCPAddr).Port
	t.Cleanup(func() {
		_ = listener.Close()
		server.closeAll()
	})
	go func() {
		for {
			wire, err := listener.Accept()
			if err != nil {
				return
			}
			go server.serve(wire)
		}
	}()
	return server
}

// NewKey makes a client key: the public key, and the private one in PEM.
func NewKey(t *testing.T) (ssh.PublicKey, string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer.PublicKey(), string(pem.EncodeToMemory(block))
}

func newSigner(t *testing.T) ssh.Signer {
	t.Helper()
	_, text := NewKey(t)
	signer, err := ssh.ParsePrivateKey([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// rsaSigner is one key for all servers, as its generation takes long.
var rsaSigner = sync.OnceValue(func() ssh.Signer {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		panic(err)
	}
	return signer
})

func (s *Server) addHostKey(t *testing.T, signer ssh.Signer) string {
	t.Helper()
	s.config.AddHostKey(signer)
	return string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

func (s *Server) newConfig(client ssh.PublicKey) *ssh.ServerConfig {
	config := &ssh.ServerConfig{
		AuthLogCallback: func(_ ssh.ConnMetadata, _ string, _ error) { s.Logins.Add(1) },
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if string(key.Marshal()) != string(client.Marshal()) {
				return nil, errors.New("unknown key")
			}
			return nil, nil
		},
	}
	if s.options.Password == "" {
		return config
	}
	if !s.options.InteractiveOnly {
		config.PasswordCallback = func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			return nil, s.check(string(password))
		}
	}
	config.KeyboardInteractiveCallback = func(
		_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge,
	) (*ssh.Permissions, error) {
		answers, err := ask("", "", []string{"Password: "}, []bool{false})
		if err != nil || len(answers) != 1 {
			return nil, errors.New("no answer")
		}
		return nil, s.check(answers[0])
	}
	return config
}

func (s *Server) check(password string) error {
	if password != s.options.Password {
		return errors.New("wrong password")
	}
	return nil
}

func (s *Server) serve(wire net.Conn) {
	s.mutex.Lock()
	s.opened = append(s.opened, wire)
	s.mutex.Unlock()
	defer func() { _ = wire.Close() }()
	if s.Attempts.Add(1) <= s.options.DropFirst {
		return
	}
	if s.options.Silent {
		_, _ = wire.Read(make([]byte, 1<<10))
		_, _ = wire.Read(make([]byte, 1))
		return
	}
	connection, channels, requests, err := ssh.NewServerConn(wire, s.config)
	if err != nil {
		return
	}
	s.Open.Add(1)
	defer s.Open.Add(-1)
	go ssh.DiscardRequests(requests)
	for channel := range channels {
		go s.serveChannel(channel)
	}
	_ = connection.Wait()
}

func (s *Server) closeAll() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, wire := range s.opened {
		_ = wire.Close()
	}
}
