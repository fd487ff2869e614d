package sshtest

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

func (s *Server) serveChannel(opened ssh.NewChannel) {
	switch opened.ChannelType() {
	case "session":
		channel, requests, err := opened.Accept()
		if err == nil {
			s.Sessions.Add(1)
			(&session{server: s, channel: channel}).serve(requests)
		}
	case "direct-tcpip":
		forward(opened)
	default:
		_ = opened.Reject(ssh.UnknownChannelType, "")
	}
}

// session is one command or SFTP transfer.
type session struct {
	server      *Server
	channel     ssh.Channel
	environment []string
	process     *exec.Cmd
}

func (s *session) serve(requests <-chan *ssh.Request) {
	for request := range requests {
		accepted := true
		switch request.Type {
		case "env":
			accepted = s.addVariable(request.Payload)
		case "exec":
			accepted = s.start(request.Payload)
		case "subsystem":
			go s.serveSFTP()
		case "signal":
			s.signal(request.Payload)
		default:
			accepted = false
		}
		if request.WantReply {
			_ = request.Reply(accepted, nil)
		}
		if accepted && request.Type == "exec" {
			// Only after the reply, as a quick command would close the channel before it.
			go s.await()
		}
	}
	// As a real server does, nothing is killed when the client merely leaves; the process loses its streams.
}

func (s *session) addVariable(payload []byte) bool {
	var variable struct{ Name, Value string }
	if ssh.Unmarshal(payload, &variable) != nil || !slices.Contains(s.server.options.AcceptEnv, variable.Name) {
		return false
	}
	s.environment = append(s.environment, variable.Name+"="+variable.Value)
	return true
}

func (s *session) start(payload []byte) bool {
	var command struct{ Line string }
	if ssh.Unmarshal(payload, &command) != nil {
		return false
	}
	process := exec.Command("/bin/sh", "-c", command.Line)
	process.Env = append(os.Environ(), s.environment...)
	process.Stdout, process.Stderr = s.channel, s.channel.Stderr()
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := process.StdinPipe()
	if err != nil || process.Start() != nil {
		return false
	}
	s.process = process
	go func() {
		_, _ = io.Copy(stdin, s.channel)
		_ = stdin.Close()
	}()
	return true
}

func (s *session) await() {
	s.reportEnd(s.process.Wait())
	_ = s.channel.Close()
}

func (s *session) reportEnd(failure error) {
	var exit *exec.ExitError
	if errors.As(failure, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			message := ssh.Marshal(struct {
				Signal     string
				CoreDumped bool
				Text, Lang string
			}{Signal: "KILL"})
			_, _ = s.channel.SendRequest("exit-signal", false, message)
			return
		}
	}
	code := uint32(s.process.ProcessState.ExitCode())
	_, _ = s.channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{code}))
}

func (s *session) signal(payload []byte) {
	var message struct{ Name string }
	if s.process == nil || ssh.Unmarshal(payload, &message) != nil {
		return
	}
	signals := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}
	_ = syscall.Kill(-s.process.Process.Pid, signals[message.Name])
}

func (s *session) serveSFTP() {
	defer func() { _ = s.channel.Close() }()
	server, err := sftp.NewServer(s.channel)
	if err == nil {
		_ = server.Serve()
	}
}

// forward connects the channel to the address that the client named.
func forward(opened ssh.NewChannel) {
	var target struct {
		Host       string
		Port       uint32
		OriginHost string
		OriginPort uint32
	}
	if ssh.Unmarshal(opened.ExtraData(), &target) != nil {
		_ = opened.Reject(ssh.ConnectionFailed, "")
		return
	}
	wire, err := net.Dial("tcp", net.JoinHostPort(target.Host, strconv.Itoa(int(target.Port))))
	if err != nil {
		_ = opened.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	defer func() { _ = wire.Close() }()
	channel, requests, err := opened.Accept()
	if err != nil {
		return
	}
	defer func() { _ = channel.Close() }()
	go ssh.DiscardRequests(requests)
	go func() {
		_, _ = io.Copy(wire, channel)
		_ = wire.Close()
	}()
	_, _ = io.Copy(channel, wire)
}
