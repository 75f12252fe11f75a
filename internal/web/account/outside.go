package account

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// outside is a client for a server that says itself where else to ask: it goes to the host that the operator named,
// wherever that is, and else to public addresses only. So nobody is led into the house's own network. It follows no
// redirects and uses no proxy.
func outside(named string) *http.Client {
	free := &net.Dialer{Timeout: 5 * time.Second}
	careful := &net.Dialer{Timeout: 5 * time.Second, Control: publicOnly}
	return &http.Client{
		Timeout: askTimeout,
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if host, _, err := net.SplitHostPort(address); err == nil && host == named {
					return free.DialContext(ctx, network, address)
				}
				return careful.DialContext(ctx, network, address)
			},
			TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: askTimeout,
			MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it sends on to another address")
		},
	}
}

// reserved are networks that are not the public's, beyond those that netip knows: RFC 6890, 6598, 6052, 3056, 4380,
// 5737, 2544, 6666, 3849.
var reserved = networksOf(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
)

func networksOf(written ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(written))
	for i, one := range written {
		all[i] = netip.MustParsePrefix(one)
	}
	return all
}

// public says whether anybody on the internet could be meant by the address.
func public(addr netip.Addr) bool {
	addr = addr.Unmap()
	return addr.IsValid() && addr.IsGlobalUnicast() && !addr.IsPrivate() && !addr.IsLoopback() && !addr.IsLinkLocalUnicast() &&
		!slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// publicOnly is asked for every address before it is dialled, after its name was looked up: a name that changes its
// mind in between gains nothing.
func publicOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %s: %w", address, err)
	}
	if !public(at.Addr()) {
		return fmt.Errorf("dial %s: not a public address", address)
	}
	return nil
}

// onThisMachine says whether host is the machine itself.
func onThisMachine(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
