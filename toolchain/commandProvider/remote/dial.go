package remote

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"
)

// The pause between two attempts grows by half each time, from the first to the longest.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// client is a logged-in connection together with what it runs through.
type client struct {
	*ssh.Client
	jump *client
}

// Close closes the connection, then that to the jump host.
func (c *client) Close() error {
	err := c.Client.Close()
	if c.jump != nil {
		_ = c.jump.Close()
	}
	return err
}

// dial connects and logs in, with repeated attempts as the connection says. It ends early when ctx does.
// The caller closes the result.
func (c Connection) dial(ctx context.Context) (*client, error) {
	if c.Proxy == nil {
		return c.Endpoint.dial(ctx, (&net.Dialer{}).DialContext, nil)
	}
	jump, err := c.Proxy.Endpoint.dial(ctx, (&net.Dialer{}).DialContext, nil)
	if err != nil {
		return nil, fmt.Errorf("connecting to the jump host: %w", err)
	}
	result, err := c.Endpoint.dial(ctx, jump.DialContext, jump)
	if err != nil {
		_ = jump.Close()
		return nil, fmt.Errorf("connecting through the jump host: %w", err)
	}
	return result, nil
}

type opener func(ctx context.Context, network, address string) (net.Conn, error)

// dial repeats attempts until one works, the forgiven failures are used up, or ctx ends.
func (e Endpoint) dial(ctx context.Context, open opener, jump *client) (*client, error) {
	login, err := e.newLogin()
	if err != nil {
		return nil, err
	}
	defer login.close()

	limit := valueOr(e.DialErrorLimit, defaultDialErrorLimit)
	pause := firstPause
	for failures := 1; ; failures++ {
		connected, err := e.attempt(ctx, open, login)
		if err == nil {
			return &client{Client: connected, jump: jump}, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("no connection to %s: stopped in attempt %d: %w (last error: %v)",
				e.address(), failures, ctx.Err(), err)
		}
		if limit >= 0 && failures > limit {
			return nil, fmt.Errorf("no connection to %s after %d attempts: %w", e.address(), failures, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
			pause = min(pause*3/2, longestPause)
		}
	}
}

// attempt makes one connection and logs in. The time limit covers both: a server that accepts and then stays silent
// must not hold us for ever.
func (e Endpoint) attempt(ctx context.Context, open opener, login *login) (*ssh.Client, error) {
	if seconds := valueOr(e.PerDialTimeout, defaultPerDialTimeout); seconds > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
		defer cancel()
	}
	wire, err := open(ctx, "tcp", e.address())
	if err != nil {
		return nil, err
	}
	release := context.AfterFunc(ctx, func() { _ = wire.Close() })
	connection, channels, requests, err := ssh.NewClientConn(wire, e.address(), login.config)
	if !release() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = wire.Close()
		if ctx.Err() != nil {
			err = fmt.Errorf("%w (%v)", ctx.Err(), err)
		}
		return nil, err
	}
	return ssh.NewClient(connection, channels, requests), nil
}

func (e Endpoint) address() string {
	return net.JoinHostPort(e.Host, strconv.Itoa(valueOr(e.Port, defaultPort)))
}
