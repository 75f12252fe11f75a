package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"obrady/internal/app"
	"obrady/internal/web/account"
)

// storeFlags say where the data are.
type storeFlags struct {
	Data     string `help:"Folder of the data." env:"OBRADY_DATA" default:"./data"`
	Database string `help:"The database, sqlite:FILE or postgres://…; obrady.db in the folder of the data if not given." env:"OBRADY_DATABASE" placeholder:"URL"`
	Erasures string `help:"The file in which erasures of personal data are noted; obrady.erased beside the database if not given." env:"OBRADY_ERASURES" placeholder:"FILE"`
}

// erasures is where erasures are noted.
func (f storeFlags) erasures() string {
	if f.Erasures != "" {
		return f.Erasures
	}
	return app.ErasuresBeside(f.address(), f.Data)
}

// address is what db.Open takes.
func (f storeFlags) address() string {
	if f.Database != "" {
		return f.Database
	}
	return "sqlite:" + filepath.Join(f.Data, "obrady.db")
}

// siteFlags say how the site meets the world.
type siteFlags struct {
	BaseURL         string        `help:"Where the site stands for the world, such as https://kongres.example.org; http:// and the listening address if not given." env:"OBRADY_BASE_URL" placeholder:"URL"`
	TrustedProxies  []string      `help:"Networks whose word on the visitor's address is taken, such as 127.0.0.1/32; separated by commas." env:"OBRADY_TRUSTED_PROXIES" placeholder:"CIDR"`
	MetricsFrom     []string      `help:"Networks that may read /metrics; this machine alone if not given." env:"OBRADY_METRICS_FROM" placeholder:"CIDR"`
	SecurityContact string        `help:"Whom to tell about a weakness, for /.well-known/security.txt: mailto:… or https://…" env:"OBRADY_SECURITY_CONTACT" placeholder:"URL"`
	OIDCIssuer      string        `name:"oidc-issuer" help:"Address of an OpenID Connect provider by which people may come in as well." env:"OBRADY_OIDC_ISSUER" placeholder:"URL"`
	OIDCClient      string        `name:"oidc-client" help:"What the provider calls this site." env:"OBRADY_OIDC_CLIENT"`
	OIDCSecretFile  string        `name:"oidc-secret-file" help:"File with the secret that the provider shares with this site; a public client has none." env:"OBRADY_OIDC_SECRET_FILE" type:"path"`
	OIDCName        string        `name:"oidc-name" help:"What people call the provider; its host if not given." env:"OBRADY_OIDC_NAME"`
	OIDCTrustEmail  bool          `name:"oidc-trust-email" help:"An address that the provider has verified counts as proved: whoever has it there comes into its account here." env:"OBRADY_OIDC_TRUST_EMAIL"`
	StopNotice      time.Duration `help:"How long /readyz says that the site is stopping before it does." env:"OBRADY_STOP_NOTICE" default:"0s"`
	LogLevel        string        `help:"The least that is logged: debug, info, warn or error." env:"OBRADY_LOG_LEVEL" enum:"debug,info,warn,error" default:"info"`
	LogFormat       string        `help:"json, text, or auto: text on a terminal." env:"OBRADY_LOG_FORMAT" enum:"auto,json,text" default:"auto"`
}

// config turns the flags into what app takes; addr is where the server listens.
func (f siteFlags) config(addr string, log *slog.Logger) (app.Config, error) {
	c := app.Config{
		BaseURL: f.BaseURL, SecurityContact: f.SecurityContact, Notice: f.StopNotice, Log: log, Release: version,
	}
	if c.BaseURL == "" {
		c.BaseURL = "http://" + addr
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return c, usageError{fmt.Errorf("--base-url %q is no address of a site: it begins with https:// or http:// and has a host", c.BaseURL)}
	}
	if f.BaseURL != "" {
		u, _ := url.Parse(f.BaseURL) // parsed above
		c.Hosts = []string{u.Hostname(), "localhost", "127.0.0.1", "::1"}
	}
	var err error
	if c.TrustedProxies, err = networks("--trusted-proxies", f.TrustedProxies); err != nil {
		return c, err
	}
	if c.MetricsFrom, err = networks("--metrics-from", f.MetricsFrom); err != nil {
		return c, err
	}
	c.Provider, err = f.provider(c.BaseURL)
	return c, err
}

// provider is the identity provider of the flags; one without an issuer is none.
func (f siteFlags) provider(home string) (account.ProviderConfig, error) {
	c := account.ProviderConfig{
		Issuer: f.OIDCIssuer, Client: f.OIDCClient, Name: f.OIDCName, Trusted: f.OIDCTrustEmail, Home: home,
	}
	if c.Issuer == "" {
		if c.Client != "" || c.Name != "" || c.Trusted || f.OIDCSecretFile != "" {
			return c, usageError{errors.New("the other settings of --oidc need --oidc-issuer")}
		}
		return c, nil
	}
	if f.OIDCSecretFile != "" {
		secret, err := os.ReadFile(f.OIDCSecretFile)
		if err != nil {
			return c, usageError{fmt.Errorf("--oidc-secret-file: %w", err)}
		}
		c.Secret = strings.TrimSpace(string(secret))
	}
	if _, err := account.NewProvider(c, time.Now); err != nil {
		return c, usageError{fmt.Errorf("--oidc-issuer: %w", err)}
	}
	return c, nil
}

// networks reads networks; an address alone is the network that holds it alone.
func networks(flag string, written []string) (all []netip.Prefix, err error) {
	for _, one := range written {
		prefix, err := netip.ParsePrefix(one)
		if addr, addrErr := netip.ParseAddr(one); err != nil && addrErr == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("%s %q is no network: write it as 10.0.0.0/8", flag, one)}
		}
		all = append(all, prefix)
	}
	return all, nil
}

// logger writes to w at the level and in the format of the flags.
func (f siteFlags) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(f.LogLevel)) // the parser let through only what it knows
	options := &slog.HandlerOptions{Level: level}
	if f.LogFormat == "text" || f.LogFormat == "auto" && isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// onto is a log that is written beside the work, with what it is written onto in the end.
type onto struct {
	io.Writer
	end io.Writer
}

func isTerminal(w io.Writer) bool {
	if log, ok := w.(onto); ok {
		w = log.end
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// visible is the address under which this machine reaches a server that listens at addr.
func visible(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
