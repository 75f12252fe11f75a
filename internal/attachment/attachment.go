// Package attachment keeps the files that people send with a submission: slides, a
// letter of consent, a map. What a file is, its first bytes say and not its name;
// it is never shown, only handed out to be saved.
package attachment

import (
	"bytes"
	"embed"
	"encoding/binary"
	"image"
	_ "image/jpeg" // reads the head of one
	_ "image/png"
	"path"
	"strings"
	"time"

	"obrady/internal/call"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Locale holds the sentences that say why a file was refused.
//
//go:embed locale/*.json
var Locale embed.FS

// Limits of what is taken in.
const (
	MaxBytes  = 10 << 20
	Most      = 5 // files of one submission
	maxPixels = 40_000_000
	maxName   = 120 // characters
)

// What can go wrong with files.
var (
	ErrNone       = errs.New(errs.NotFound, "attachment.none")
	ErrEmpty      = errs.New(errs.Invalid, "attachment.empty")
	ErrTooLarge   = errs.New(errs.TooLarge, "attachment.too_large", MaxBytes>>20)
	ErrKind       = errs.New(errs.Unsupported, "attachment.kind")
	ErrUnreadable = errs.New(errs.Invalid, "attachment.unreadable")
	ErrTwoThings  = errs.New(errs.Invalid, "attachment.two_things")
	ErrMost       = errs.New(errs.Conflict, "attachment.most", Most)
)

// ID names a file.
type ID string

// Kind is what a file is, as media types call it.
type Kind string

// The kinds that are taken in.
const (
	PDF  Kind = "application/pdf"
	PNG  Kind = "image/png"
	JPEG Kind = "image/jpeg"
)

// endings are those that files of a kind are handed out with.
var endings = map[Kind]string{PDF: ".pdf", PNG: ".png", JPEG: ".jpg"}

// Note warns whoever saves a file.
type Note string

// The notes.
const (
	Plain     Note = ""
	Encrypted Note = "encrypted" // it wants a password
	Scripted  Note = "scripted"  // it holds a program
)

// Key names the sentence that says the note.
// key: attachment.note.*
func (n Note) Key() string { return "attachment.note." + string(n) }

// Attachment is a file without its content.
type Attachment struct {
	ID         ID
	Submission call.SubmissionID
	Name       string // for people to read and to save it under
	Kind       Kind
	Note       Note
	Size       int    // bytes
	Sum        string // SHA-256 of the content
	By         people.AccountID
	At         time.Time
}

// Kilobytes is the size as lists show it.
func (a Attachment) Kilobytes() int { return (a.Size + 1023) >> 10 }

// look says what a file is by what it holds, or why it is not taken in.
func look(content []byte) (Kind, Note, error) {
	switch {
	case len(content) == 0:
		return "", Plain, ErrEmpty
	case len(content) > MaxBytes:
		return "", Plain, ErrTooLarge
	case bytes.HasPrefix(content, []byte("%PDF-")):
		note, err := lookIntoPDF(content)
		return PDF, note, err
	case bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1A\n")):
		return PNG, Plain, lookIntoPicture(content)
	case bytes.HasPrefix(content, []byte("\xFF\xD8\xFF")):
		return JPEG, Plain, lookIntoPicture(content)
	}
	return "", Plain, ErrKind
}

// lookIntoPDF wants the end of the document and warns of what it may do. A name in
// a PDF can be written in other ways (ISO 32000-1, 7.3.5), so no note is no promise.
func lookIntoPDF(content []byte) (Note, error) {
	const tail = 2048
	if !bytes.Contains(content[max(0, len(content)-tail):], []byte("%%EOF")) {
		return Plain, ErrUnreadable
	}
	switch {
	case endsAsZIP(content):
		return Plain, ErrTwoThings
	case bytes.Contains(content, []byte("/Encrypt")):
		return Encrypted, nil
	case bytes.Contains(content, []byte("/JavaScript")), bytes.Contains(content, []byte("/JS")), bytes.Contains(content, []byte("/Launch")):
		return Scripted, nil
	}
	return Plain, nil
}

// lookIntoPicture reads the head of a picture and nothing behind it.
func lookIntoPicture(content []byte) error {
	size, _, err := image.DecodeConfig(bytes.NewReader(content))
	switch {
	case err != nil, size.Width < 1, size.Height < 1, size.Width > maxPixels/size.Height:
		return ErrUnreadable
	case endsAsZIP(content), bytes.Contains(content[:min(len(content), 1024)], []byte("%PDF-")):
		return ErrTwoThings
	}
	return nil
}

// endsAsZIP looks for the end of a ZIP's directory, whose last two fixed bytes say
// how long the comment behind it is (APPNOTE 6.3.10, 4.3.16).
func endsAsZIP(content []byte) bool {
	const fixed = 22
	tail := content[max(0, len(content)-fixed-1<<16):]
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < fixed {
		return false
	}
	return at+fixed+int(binary.LittleEndian.Uint16(tail[at+fixed-2:])) <= len(tail)
}

// NameOf is a name that no machine stumbles over, with the ending of what the file
// really is: no folders, nothing invisible, no words of Windows' own.
func NameOf(sent string, kind Kind) string {
	name, _ := text.Clean(path.Base(strings.ReplaceAll(sent, `\`, "/")))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("<>:\"|?*\n\t", r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSuffix(name, path.Ext(name))
	name = strings.Trim(name, ". ")
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName])
	}
	if reserved[strings.ToUpper(name)] || name == "" || name == "/" {
		name = "plik"
	}
	return name + endings[kind]
}

// reserved are names of devices on Windows.
var reserved = map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "COM1": true, "COM2": true, "COM3": true, "COM4": true, "LPT1": true, "LPT2": true, "LPT3": true}
