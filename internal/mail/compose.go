package mail

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// MessageID is the name of a letter in the world of mail servers, without the
// angle brackets. It is the same at each attempt, so that a mailbox can tell a
// second copy.
func (s Settings) MessageID(id LetterID) string { return string(id) + "@" + s.host() }

// Source returns the letter as a mail server gets it (RFC 5322).
func (s Settings) Source(k Kept) ([]byte, error) {
	message, err := s.compose(k)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if _, err := message.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write letter %s: %w", k.ID, err)
	}
	return out.Bytes(), nil
}

// compose makes a message of two parts, of which a mail program shows one.
// Nothing in it comes from the moment of sending: it is the same each time.
func (s Settings) compose(k Kept) (*gomail.Msg, error) {
	plain, err := s.Plain(k.Letter)
	if err != nil {
		return nil, err
	}
	page, err := s.HTML(k.Letter)
	if err != nil {
		return nil, err
	}
	message := gomail.NewMsg(
		gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	// Made from the text itself, it cannot have been put into the text.
	message.SetBoundary(fmt.Sprintf("%x", sha256.Sum256([]byte(string(k.ID)+plain+page))))
	message.SetMessageIDWithValue(s.MessageID(k.ID))
	message.SetDateWithValue(k.PostedAt.UTC().Truncate(time.Second))
	message.FromMailAddress(&s.From)
	message.ToMailAddress(&netmail.Address{Name: Value(k.ToName), Address: k.To})
	message.Subject(cut(oneLine(k.Subject), mostOfSubject))
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: holiday notices stay at home
	message.SetGenHeader("Content-Language", string(k.Lang))
	if k.Bulk {
		message.SetGenHeader(gomail.HeaderPrecedence, "bulk")
	}
	if k.Unsubscribe != "" {
		address, err := within(s.BaseURL, k.Unsubscribe)
		if err != nil {
			return nil, err
		}
		message.SetListUnsubscribe(address)
		if strings.HasPrefix(address, "https:") {
			message.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // RFC 8058, which wants TLS
		}
	}
	message.SetBodyString(gomail.TypeTextPlain, plain)
	message.AddAlternativeString(gomail.TypeTextHTML, page)
	return message, nil
}

// Plain writes the letter for programs that show text alone.
func (s Settings) Plain(l Letter) (string, error) {
	var out strings.Builder
	for _, p := range l.Body.Paragraphs {
		if p.Text != "" {
			out.WriteString(tame(p.Text) + "\n\n")
		}
		if p.Code != "" {
			out.WriteString("    " + Value(p.Code) + "\n\n")
		}
		if p.Button != nil {
			address, err := within(s.BaseURL, p.Button.Address)
			if err != nil {
				return "", err
			}
			out.WriteString(Value(p.Button.Label) + ":\n" + address + "\n\n")
		}
		if p.Quote != "" {
			out.WriteString("> " + strings.ReplaceAll(cut(tame(p.Quote), mostOfQuote), "\n", "\n> ") + "\n\n")
		}
	}
	if l.Body.Why != "" {
		out.WriteString("-- \n" + tame(l.Body.Why) + "\n")
	}
	return strings.ReplaceAll(out.String(), "\n", "\r\n"), nil
}

// HTML writes the letter as a page of one column without pictures. It sets no
// colours, so that it is as dark or as light as the reader wants it.
func (s Settings) HTML(l Letter) (string, error) {
	var out strings.Builder
	fmt.Fprintf(&out, pageTop, html.EscapeString(string(l.Lang)), html.EscapeString(cut(oneLine(l.Subject), mostOfSubject)))
	for _, p := range l.Body.Paragraphs {
		if p.Text != "" {
			fmt.Fprintf(&out, pageText, lines(tame(p.Text)))
		}
		if p.Code != "" {
			fmt.Fprintf(&out, pageCode, html.EscapeString(Value(p.Code)))
		}
		if p.Button != nil {
			address, err := within(s.BaseURL, p.Button.Address)
			if err != nil {
				return "", err
			}
			address = html.EscapeString(address)
			fmt.Fprintf(&out, pageButton, address, html.EscapeString(Value(p.Button.Label)), address, address)
		}
		if p.Quote != "" {
			fmt.Fprintf(&out, pageQuote, lines(cut(tame(p.Quote), mostOfQuote)))
		}
	}
	if l.Body.Why != "" {
		fmt.Fprintf(&out, pageWhy, lines(tame(l.Body.Why)))
	}
	out.WriteString(pageEnd)
	return strings.ReplaceAll(out.String(), "\n", "\r\n"), nil
}

func lines(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>\n") }

// Mail programs know no stylesheets, so the style of a letter is in its elements.
const (
	pageTop = `<!doctype html>
<html lang="%s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>%s</title>
</head>
<body style="margin:0;padding:24px 16px;font-family:sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:36em;margin:0 auto">
`
	pageText   = "<p style=\"margin:0 0 1em\">%s</p>\n"
	pageCode   = "<p style=\"margin:0 0 1em;font-family:monospace;font-size:28px;font-weight:bold;letter-spacing:4px\">%s</p>\n"
	pageButton = `<p style="margin:0 0 .5em"><a href="%s" style="display:inline-block;padding:10px 20px;border:2px solid;border-radius:6px;font-weight:bold;text-decoration:none">%s</a></p>
<p style="margin:0 0 1em;font-size:14px;word-break:break-all"><a href="%s">%s</a></p>
`
	pageQuote = "<blockquote style=\"margin:0 0 1em;padding:0 0 0 16px;border-left:3px solid\">%s</blockquote>\n"
	pageWhy   = "<hr style=\"margin:2em 0 1em;border:0;border-top:1px solid\">\n<p style=\"margin:0;font-size:14px\">%s</p>\n"
	pageEnd   = "</div>\n</body>\n</html>\n"
)
