package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"obrady/internal/signin"
)

// ProviderConfig names the identity provider that a house lets people in by: any that speaks OpenID Connect.
type ProviderConfig struct {
	Issuer string // its address, as it writes it into its tokens
	Client string // what it calls this site
	Secret string // empty for a public client
	Name   string // what people call it
	// Trusted says that addresses which it has verified count as proved. Only the operator can know.
	Trusted bool
	// Home is the address of this site, to which people come back.
	Home string
}

const (
	skew         = time.Minute      // by which its clock may differ from ours
	askTimeout   = 10 * time.Second // how long it may take to answer
	askAgainLate = 10 * time.Second // how long to leave it alone after it did not
)

// errProvider is what happens at the provider or on the way to it; the page tells less than the log.
var errProvider = errors.New("the identity provider")

// Provider sends people to the identity provider and reads what it says of them.
type Provider struct {
	ProviderConfig
	now    func() time.Time
	client *http.Client

	mu     sync.Mutex
	found  *oidc.Provider
	failed time.Time // when it last did not answer
}

// NewProvider returns a Provider; it is asked nothing before somebody wants to come in by it.
func NewProvider(c ProviderConfig, now func() time.Time) (*Provider, error) {
	issuer, err := url.Parse(c.Issuer)
	switch {
	case err != nil || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "":
		return nil, fmt.Errorf("%q is no address of an identity provider", c.Issuer)
	case issuer.Scheme != "https" && !onThisMachine(issuer.Hostname()):
		return nil, fmt.Errorf("the identity provider %q must be reached over https", c.Issuer)
	case c.Client == "":
		return nil, errors.New("the identity provider needs the name by which it knows this site (the client)")
	case c.Home == "":
		return nil, errors.New("people cannot come back from the identity provider: the site does not know its own address")
	}
	if c.Name == "" {
		c.Name = issuer.Hostname()
	}
	return &Provider{ProviderConfig: c, now: now, client: outside(issuer.Hostname())}, nil
}

// ask puts the client that reaches nothing but the provider into ctx.
func (p *Provider) ask(ctx context.Context) context.Context { return oidc.ClientContext(ctx, p.client) }

// discover reads once where the provider does what. One that did not answer is left alone for a while.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.now().Sub(p.failed) < askAgainLate {
		return nil, fmt.Errorf("%w does not answer", errProvider)
	}
	found, err := oidc.NewProvider(p.ask(context.WithoutCancel(ctx)), p.Issuer) // its keys are asked for later, in the same context
	if err == nil {
		err = p.safe(found)
	}
	if err != nil {
		p.failed = p.now()
		return nil, fmt.Errorf("%w: discover: %w", errProvider, err)
	}
	p.found = found
	return found, nil
}

// safe says whether all addresses of the provider are as safe as its own.
func (p *Provider) safe(found *oidc.Provider) error {
	var named struct {
		Keys string `json:"jwks_uri"`
	}
	if err := found.Claims(&named); err != nil {
		return err
	}
	for _, address := range []string{found.Endpoint().AuthURL, found.Endpoint().TokenURL, named.Keys} {
		if !strings.HasPrefix(address, "https://") && strings.HasPrefix(p.Issuer, "https://") {
			return fmt.Errorf("%q is not reached over https", address)
		}
	}
	return nil
}

func (p *Provider) flow(found *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.Client, ClientSecret: p.Secret, Endpoint: found.Endpoint(),
		RedirectURL: strings.TrimSuffix(p.Home, "/") + back,
		Scopes:      []string{oidc.ScopeOpenID, "email", "profile"},
	}
}

// Address is where a browser goes on this errand; it comes back to the path back.
func (p *Provider) Address(ctx context.Context, e signin.Errand, back string) (string, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	return p.flow(found, back).AuthCodeURL(e.State, oidc.Nonce(e.Nonce), oauth2.S256ChallengeOption(e.Verifier)), nil
}

// said is what the provider says of somebody, in its token or when asked.
type said struct {
	Email    string `json:"email"`
	Verified flag   `json:"email_verified"`
	Name     string `json:"name"`
	Party    string `json:"azp"`
}

// flag reads a yes that some providers write as a text.
type flag bool

// UnmarshalJSON reads true and "true".
func (f *flag) UnmarshalJSON(b []byte) error {
	*f = string(b) == "true" || string(b) == `"true"`
	return nil
}

// Claims exchanges the code that a browser brought back for what the provider says of its owner.
func (p *Provider) Claims(ctx context.Context, e signin.Errand, code, back string) (signin.Claims, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return signin.Claims{}, err
	}
	ctx, cancel := context.WithTimeout(p.ask(ctx), askTimeout)
	defer cancel()
	tokens, err := p.flow(found, back).Exchange(ctx, code, oauth2.VerifierOption(e.Verifier))
	if err != nil {
		return signin.Claims{}, fmt.Errorf("%w: exchange: %w", errProvider, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, about, err := p.read(ctx, found, raw)
	if err != nil {
		return signin.Claims{}, err
	}
	if token.Nonce != e.Nonce {
		return signin.Claims{}, fmt.Errorf("%w: the token is for another errand", errProvider)
	}
	if about.Email == "" {
		if err := p.inquire(ctx, found, tokens, token.Subject, &about); err != nil {
			return signin.Claims{}, err
		}
	}
	return signin.Claims{
		Issuer: token.Issuer, Subject: token.Subject, Email: about.Email, Name: about.Name,
		Vouched: p.Trusted && bool(about.Verified),
	}, nil
}

// read checks a token: who signed it, who made it, for whom, and when (OpenID Connect Core 3.1.3.7).
func (p *Provider) read(ctx context.Context, found *oidc.Provider, raw string) (*oidc.IDToken, said, error) {
	now := p.now()
	verifier := found.VerifierContext(ctx, &oidc.Config{
		ClientID: p.Client, Now: func() time.Time { return now.Add(-skew) },
	})
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, said{}, fmt.Errorf("%w: token: %w", errProvider, err)
	}
	var about said
	if err := token.Claims(&about); err != nil {
		return nil, about, fmt.Errorf("%w: token: %w", errProvider, err)
	}
	switch {
	case token.Subject == "" || len(token.Subject) > 255:
		err = errors.New("it names nobody")
	case token.IssuedAt.After(now.Add(skew)):
		err = fmt.Errorf("it was made in the future: its clock is %v ahead", token.IssuedAt.Sub(now).Round(time.Second))
	case about.Party != "" && about.Party != p.Client, len(token.Audience) > 1 && about.Party == "":
		err = errors.New("it was made for another site")
	}
	if err != nil {
		return nil, about, fmt.Errorf("%w: token: %w", errProvider, err)
	}
	return token, about, nil
}

// inquire asks the provider for what its token does not say.
func (p *Provider) inquire(ctx context.Context, found *oidc.Provider, tokens *oauth2.Token, subject string, about *said) error {
	if found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return fmt.Errorf("%w: inquire: %w", errProvider, err)
	}
	if info.Subject != subject {
		return fmt.Errorf("%w: it tells of somebody else", errProvider)
	}
	if err := info.Claims(about); err != nil {
		return fmt.Errorf("%w: inquire: %w", errProvider, err)
	}
	return nil
}
