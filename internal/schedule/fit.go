package schedule

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// What the XSD and the JSON Schema allow.
var (
	xmlAcronym  = regexp.MustCompile(`^[a-z0-9_-]{4,}$`)
	jsonAcronym = regexp.MustCompile(`^[a-z0-9_-][a-z0-9_]{3,}(-2[0-9]{3}-[a-z]+)?$`)
	// slugForm is the XSD's, with the ending that the JSON Schema wants.
	slugForm  = regexp.MustCompile(`^[a-z0-9_]{4,}-[a-z0-9_-]{3,}[a-z0-9]$`)
	xmlCode   = regexp.MustCompile(`^[0-9A-Z]{6}$`)
	jsonCode  = regexp.MustCompile(`^[A-Z0-9]+$`)
	hexColor  = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	xmlTrack  = regexp.MustCompile(`^[a-z][a-z0-9-]+$`)
	jsonTrack = regexp.MustCompile(`^[a-z0-9_-]+[a-z0-9]$`)
	jsonZone  = regexp.MustCompile(`^([A-Z][a-z]+/[A-Z][A-Za-z_/+-]+|UTC)$`)
	dayForm   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2}))?$`)
)

var jsonLinkTypes = []string{"slides", "paper", "web", "blog", "article", "media", "related", "activitypub"}

var jsonRoomTypes = []string{
	"lecturehall", "stage", "workshop", "outside", "online", "project", "bbb", "hangar", "other",
}

// fitAcronym makes an acronym that every app takes: at least four lower-case
// letters and digits.
func fitAcronym(text string) string {
	fit := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return -1
	}, foldText(text))
	fit = fit[:min(len(fit), 40)]
	for len(fit) < 4 {
		fit += "_"
	}
	return fit
}

// slugOf makes a slug from the acronym, the id and the title: ASCII only, and
// unique because the id is.
func slugOf(acronym string, e Event) string {
	words := strings.FieldsFunc(foldText(e.Title), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	title := strings.Join(words, "-")
	title = strings.Trim(title[:min(len(title), 60)], "-")
	slug := strings.TrimSuffix(fmt.Sprintf("%s-%d-%s", fitAcronym(acronym), e.ID, title), "-")
	if !slugForm.MatchString(slug) {
		slug = fmt.Sprintf("%s-event-%d", fitAcronym(acronym), e.ID)
	}
	return slug
}

// fitURI makes an absolute address that both schemas take, or returns "". A
// relative one is completed by base; characters that may not stand in an
// address are escaped.
func fitURI(text string, base *url.URL) string {
	parsed, err := url.Parse(escapeURI(text))
	if err != nil || text == "" {
		return ""
	}
	if !parsed.IsAbs() {
		if base == nil {
			return ""
		}
		parsed = base.ResolveReference(parsed)
		return fitURI(parsed.String(), nil)
	}
	if parsed.Opaque == "" && parsed.Host == "" {
		return ""
	}
	return escapeURI(text)
}

// fitWeb is fitURI for addresses that the XSD wants to begin with http.
func fitWeb(text string, base *url.URL) string {
	fit := fitURI(text, base)
	if parsed, err := url.Parse(fit); err != nil || parsed.Host == "" ||
		!strings.HasPrefix(fit, "http://") && !strings.HasPrefix(fit, "https://") {
		return ""
	}
	return fit
}

// escapeURI percent-encodes what RFC 3986 allows nowhere, and the second hash
// and brackets outside the host, which some addresses of chat rooms have.
func escapeURI(text string) string {
	var b strings.Builder
	hashes, slashes := 0, 0
	for i := range len(text) {
		c := text[i]
		switch c {
		case '/':
			slashes++
		case '#':
			hashes++
		}
		digit := i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2])
		switch {
		case c <= ' ', c >= 0x7F, strings.IndexByte("\"<>\\^`{|}", c) >= 0,
			c == '#' && hashes > 1, (c == '[' || c == ']') && slashes != 2, c == '%' && !digit:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
