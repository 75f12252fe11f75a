// Package postbox is a mail server for tests: it speaks SMTP over real
// connections, keeps what it takes as files, and misbehaves as it is told.
package postbox

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Script says how the server behaves. The zero Script takes every letter at
// once. Every n means the n-th, the 2n-th and so on; never if zero.
type Script struct {
	Listen string // 127.0.0.1 and a free port if empty
	Folder string // where it keeps letters, one .eml file each

	Delay      time.Duration // before the answer to each letter
	Sluggish   int           // every n-th answer comes ten delays late
	Refuse     string        // 550 for recipients that begin so
	LaterEvery int           // 451 for every n-th recipient
	HangEvery  int           // every n-th letter is kept and never answered
	CutEvery   int           // every n-th letter is kept, and the connection cut
	NoSender   bool          // 550 for every MAIL FROM

	User, Password string // who must sign in; nobody if empty
	TLS            *tls.Config
	FromFirstByte  bool // TLS before the greeting
}

// EventsFile, in the folder of the letters, has a line for each letter that
// was kept without an answer: hang or cut.
const EventsFile = "events"

// Server is a running postbox.
type Server struct {
	Script
	Addr string

	at                             net.Listener
	smtp                           *smtp.Server
	recipients, letters, connected atomic.Int64
}

// Open starts a server.
func Open(s Script) (*Server, error) {
	if s.Listen == "" {
		s.Listen = "127.0.0.1:0"
	}
	at, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return nil, err
	}
	server := &Server{Script: s, Addr: at.Addr().String()}
	server.smtp = smtp.NewServer(smtp.BackendFunc(server.session))
	server.smtp.Domain = "postbox.test"
	server.smtp.TLSConfig = s.TLS
	server.smtp.ErrorLog = log.New(io.Discard, "", 0)
	if s.FromFirstByte {
		at = tls.NewListener(at, s.TLS)
	}
	server.at = at
	go func() { _ = server.smtp.Serve(at) }()
	return server, nil
}

// Run starts a server that lives as long as the test, with a folder of its own
// if the script names none.
func Run(t testing.TB, s Script) *Server {
	t.Helper()
	if s.Folder == "" {
		s.Folder = t.TempDir()
	}
	server, err := Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// Close stops the server and cuts its connections.
func (s *Server) Close() {
	_ = s.at.Close() // the server knows it only when it has begun to serve
	_ = s.smtp.Close()
}

// Connections is how many connections have been greeted so far.
func (s *Server) Connections() int { return int(s.connected.Load()) }

// Letters returns what the server has kept.
func (s *Server) Letters(t testing.TB) []Letter {
	t.Helper()
	letters, err := Read(s.Folder)
	if err != nil {
		t.Fatal(err)
	}
	return letters
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	s.connected.Add(1)
	return &session{server: s, conn: c}, nil
}

// session is one connection.
type session struct {
	server   *Server
	conn     *smtp.Conn
	from, to string
	known    bool
}

var errLater = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Come back later"}

func (s *session) Reset()        { s.from, s.to = "", "" }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string {
	if s.server.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.known = user == s.server.User && password == s.server.Password; !s.known {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.NoSender || s.server.User != "" && !s.known {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "We do not know you"}
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.server.Refuse != "" && strings.HasPrefix(to, s.server.Refuse) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "Nobody of this name: " + to}
	}
	if every(s.server.recipients.Add(1), s.server.LaterEvery) {
		return errLater
	}
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.server.keep(s.from, s.to, text); err != nil {
		return errLater
	}
	n := s.server.letters.Add(1)
	switch {
	case every(n, s.server.HangEvery):
		s.server.note("hang")
		<-time.After(time.Minute) // whoever waits has gone by then
		return errLater
	case every(n, s.server.CutEvery):
		s.server.note("cut")
		_ = s.conn.Conn().Close()
		return errLater
	case every(n, s.server.Sluggish):
		<-time.After(10 * s.server.Delay)
	case s.server.Delay > 0:
		<-time.After(s.server.Delay)
	}
	return nil
}

func every(n int64, period int) bool { return period > 0 && n%int64(period) == 0 }

// keep writes the letter, which is there whole or not at all.
func (s *Server) keep(from, to string, text []byte) error {
	f, err := os.CreateTemp(s.Folder, "*.part")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "X-Envelope-From: %s\r\nX-Envelope-To: %s\r\n%s", from, to, text)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), strings.TrimSuffix(f.Name(), ".part")+".eml")
}

func (s *Server) note(event string) {
	f, err := os.OpenFile(filepath.Join(s.Folder, EventsFile), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, _ = f.WriteString(event + "\n")
		_ = f.Close()
	}
}

// Letter is one that the server has kept.
type Letter struct {
	From, To string // of the envelope
	Header   mail.Header
	Raw      []byte // without the envelope
}

// Read returns the letters in a folder, in the order in which their files are named.
func Read(folder string) ([]Letter, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.eml"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	letters := make([]Letter, 0, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		m, err := mail.ReadMessage(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		raw := text
		for range 2 {
			_, raw, _ = bytes.Cut(raw, []byte("\r\n"))
		}
		letters = append(letters, Letter{
			From: m.Header.Get("X-Envelope-From"), To: m.Header.Get("X-Envelope-To"), Header: m.Header, Raw: raw,
		})
	}
	return letters, nil
}
