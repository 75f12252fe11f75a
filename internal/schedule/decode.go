package schedule

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']`)

// toUTF8 returns the text of a file in UTF-8, without a byte order mark, and
// what had to be done for it.
func toUTF8(data []byte) ([]byte, []Repair, *Refusal) {
	utf8Mark, marked := []byte("\xEF\xBB\xBF"), false
	switch {
	case bytes.HasPrefix(data, []byte("\xFE\xFF")), bytes.HasPrefix(data, []byte("\xFF\xFE")):
		return convert(data, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16")
	case bytes.HasPrefix(data, utf8Mark):
		data, marked = data[len(utf8Mark):], true
	}
	declared := ""
	if found := declaration.FindSubmatch(data[:min(len(data), 512)]); found != nil {
		declared = strings.ToLower(string(found[1]))
	}
	switch {
	case declared == "" && !marked && !utf8.Valid(data):
		// Nothing is said, and it is no UTF-8: the likeliest for Polish text.
		return convert(data, charmap.Windows1250, "windows-1250")
	case declared == "", declared == "utf-8", declared == "utf8", marked:
		return validUTF8(data)
	}
	enc, err := htmlindex.Get(declared)
	if err != nil {
		return nil, nil, &Refusal{Line: 1, Reason: ReasonEncoding, Detail: declared}
	}
	if utf8.Valid(data) && !isASCII(data) || declared == "utf-16" {
		// It says otherwise, but it is UTF-8: other encodings do not hit that by chance.
		return data, []Repair{{Line: 1, Where: declared, Code: EncodingConverted, Args: []any{"utf-8"}}}, nil
	}
	return convert(data, enc, declared)
}

func convert(data []byte, enc encoding.Encoding, name string) ([]byte, []Repair, *Refusal) {
	text, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return nil, nil, &Refusal{Line: 1, Reason: ReasonEncoding, Detail: name}
	}
	return text, []Repair{{Line: 1, Where: name, Code: EncodingConverted, Args: []any{name}}}, nil
}

// validUTF8 replaces what is no UTF-8; a run of such bytes is one place.
func validUTF8(data []byte) ([]byte, []Repair, *Refusal) {
	if utf8.Valid(data) {
		return data, nil, nil
	}
	bad, places, first, before := false, 0, -1, 0
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		now := r == utf8.RuneError && size <= 1
		if now && !bad {
			places++
			if first < 0 {
				first = at
			}
		}
		bad = now
		at += size
	}
	before = bytes.Count(data[:first], []byte("\n"))
	return bytes.ToValidUTF8(data, []byte("\uFFFD")),
		[]Repair{{Line: before + 1, Code: BytesReplaced, Args: []any{places}}}, nil
}

func isASCII(data []byte) bool {
	for _, b := range data {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// inXML says whether XML 1.0 may hold the character.
func inXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
}

// tidy is text with LF line ends and without what XML cannot hold.
func tidy(text string) string {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	if strings.IndexFunc(text, func(r rune) bool { return !inXML(r) }) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if inXML(r) {
			return r
		}
		return -1
	}, text)
}
