package provider

import (
	"encoding/pem"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"portico/toolchain/commandProvider/sshtest"
)

func run(server *sshtest.Server, more values) values {
	return values{"connection": loginTo(server, more), "create": text("echo in")}
}

func TestAPinnedHostKeyOfEachKindIsAccepted(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	for _, key := range []string{server.HostKey, server.HostKeyRSA} {
		created := e.create(remoteCommand, run(server, values{"hostKey": text(key)}))
		wantText(t, created.Properties.Get("stdout"), "in")
	}
	created := e.create(remoteCommand, run(server, values{"hostKey": property.New(property.Null)}))
	wantText(t, created.Properties.Get("stdout"), "in")
}

func TestAWrongHostKeyIsRefusedBeforeAnyLogin(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{Password: "pass-word"})
	other := sshtest.Start(t, sshtest.Options{})
	message := e.createFails(remoteCommand, run(server, values{"hostKey": text(other.HostKey), "password": text("pass-word")}))
	wantContains(t, message, "host key is not the expected one")
	if logins, sessions := server.Logins.Load(), server.Sessions.Load(); logins != 0 || sessions != 0 {
		t.Errorf("the server saw %d logins and %d sessions", logins, sessions)
	}
	if server.Attempts.Load() != 1 {
		t.Errorf("got %d connections; wanted one", server.Attempts.Load())
	}
}

func TestAHostKeyThatIsNoKeyIsRefusedAtOnce(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	wantContains(t, e.createFails(remoteCommand, run(server, values{"hostKey": text("nonsense")})), "connection.hostKey", "nonsense")
	if server.Attempts.Load() != 0 {
		t.Error("a connection was opened")
	}
}

func TestAFaultyPrivateKeyIsRefusedWithoutShowingIt(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	message := e.createFails(remoteCommand, run(server, values{"privateKey": text("-----BEGIN hush-hush")}))
	wantContains(t, message, "connection.privateKey")
	wantAbsent(t, message, "hush-hush")
}

func TestAnEncryptedPrivateKeyNeedsItsPassword(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	private, err := ssh.ParseRawPrivateKey([]byte(server.ClientKey))
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("open sesame"))
	if err != nil {
		t.Fatal(err)
	}
	encrypted := text(string(pem.EncodeToMemory(block)))
	e.create(remoteCommand, run(server, values{"privateKey": encrypted, "privateKeyPassword": text("open sesame")}))
	wantContains(t, e.createFails(remoteCommand, run(server, values{"privateKey": encrypted})), "privateKeyPassword")
}

func TestAPasswordLogsInByBothMethods(t *testing.T) {
	e := newEngine(t)
	for _, interactive := range []bool{false, true} {
		server := sshtest.Start(t, sshtest.Options{Password: "pass-word", InteractiveOnly: interactive})
		e.create(remoteCommand, run(server, values{"privateKey": property.New(property.Null), "password": text("pass-word")}))
	}
}

func TestAWrongKeyIsRefused(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	_, other := sshtest.NewKey(t)
	wantContains(t, e.createFails(remoteCommand, run(server, values{"privateKey": text(other)})), "unable to authenticate")
}

func TestADeadAgentOfTheEnvironmentDoesNoHarmToAKey(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	t.Setenv("SSH_AUTH_SOCK", filepath.Join(t.TempDir(), "absent"))
	e.create(remoteCommand, run(server, nil))
	message := e.createFails(remoteCommand, run(server, values{"privateKey": property.New(property.Null)}))
	wantContains(t, message, "no SSH agent answers")
	named := values{"agentSocketPath": text(filepath.Join(t.TempDir(), "absent"))}
	wantContains(t, e.createFails(remoteCommand, run(server, named)), "no SSH agent answers")
}

func TestAnAgentLogsIn(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{})
	private, err := ssh.ParseRawPrivateKey([]byte(server.ClientKey))
	if err != nil {
		t.Fatal(err)
	}
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: private}); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "agent")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		wire, err := listener.Accept()
		if err == nil {
			_ = agent.ServeAgent(keyring, wire)
		}
	}()
	e.create(remoteCommand, run(server, values{"privateKey": property.New(property.Null), "agentSocketPath": text(socket)}))
}

func TestFailedAttemptsAreForgivenUpToTheLimit(t *testing.T) {
	e := newEngine(t)
	server := sshtest.Start(t, sshtest.Options{DropFirst: 2})
	e.create(remoteCommand, run(server, values{"dialErrorLimit": property.New(2.0)}))
	if got := server.Attempts.Load(); got != 3 {
		t.Errorf("got %d attempts; wanted 3", got)
	}
	server = sshtest.Start(t, sshtest.Options{DropFirst: 9})
	wantContains(t, e.createFails(remoteCommand, run(server, values{"dialErrorLimit": property.New(1.0)})), "after 2 attempts")
	if got := server.Attempts.Load(); got != 2 {
		t.Errorf("got %d attempts; wanted 2", got)
	}
}

func TestAServerThatNeverSpeaksDoesNotHoldAnAttempt(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{Silent: true})
	started := time.Now()
	message := e.createFails(remoteCommand, run(server, values{"perDialTimeout": property.New(1.0)}))
	wantContains(t, message, "deadline exceeded")
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestATimeoutEndsUnlimitedDialling(t *testing.T) {
	e, server := newEngine(t), sshtest.Start(t, sshtest.Options{DropFirst: 1 << 30})
	started := time.Now()
	_, err := e.tryCreate(remoteCommand, run(server, values{"dialErrorLimit": property.New(-1.0)}), 1)
	if err == nil {
		t.Fatal("got success; wanted a timeout")
	}
	wantContains(t, err.Error(), "stopped in attempt", "deadline exceeded")
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestAJumpHostIsCheckedUsedAndClosed(t *testing.T) {
	e := newEngine(t)
	jump, server := sshtest.Start(t, sshtest.Options{}), sshtest.Start(t, sshtest.Options{})
	created := e.create(remoteCommand, run(server, values{"proxy": loginTo(jump, nil)}))
	wantText(t, created.Properties.Get("stdout"), "in")
	if jump.Logins.Load() == 0 || jump.Sessions.Load() != 0 {
		t.Error("the jump host was not used as one")
	}
	eventually(t, "both connections are closed", func() bool { return jump.Open.Load() == 0 && server.Open.Load() == 0 })

	wrong := values{"proxy": loginTo(jump, values{"hostKey": text(server.HostKey)})}
	wantContains(t, e.createFails(remoteCommand, run(server, wrong)), "jump host", "host key is not the expected one")
}
