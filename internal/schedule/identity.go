package schedule

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// namespace holds the UUIDs derived here (RFC 9562, version 5). It must never
// change: a later version of the same file is matched by what is derived.
var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:obrady:schedule"))

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func isUUID(text string) bool { return uuidForm.MatchString(text) }

// identities hands out ids and guids, none of them twice.
type identities struct {
	acronym string
	guids   map[string]bool
	ids     map[int]bool
}

func newIdentities(acronym string) identities {
	return identities{acronym, map[string]bool{}, map[int]bool{}}
}

// claimGUID says whether the guid was still free, and takes it.
func (i identities) claimGUID(guid string) bool {
	guid = strings.ToLower(guid)
	free := !i.guids[guid]
	i.guids[guid] = true
	return free
}

func (i identities) claimID(id int) bool {
	free := !i.ids[id]
	i.ids[id] = true
	return free
}

func (i identities) derive(parts ...string) string {
	return uuid.NewSHA1(namespace, []byte(i.acronym+"\n"+strings.Join(parts, "\n"))).String()
}

// eventGUID derives a guid from what is least likely to change: the id if it is
// the event's own, else title, time and room.
func (i identities) eventGUID(e *entry) string {
	parts := []string{"event", e.guid, e.id}
	if !e.usableID || e.guid != "" {
		v := e.event
		parts = append(parts, v.Title, v.Start.UTC().Format("2006-01-02T15:04Z"), v.Room)
	}
	for n := 2; ; n++ {
		if guid := i.derive(parts...); i.claimGUID(guid) {
			return guid
		}
		parts = append(parts[:len(parts):len(parts)], fmt.Sprint(n))
	}
}

// idFor derives an id from a guid, so that it stays the same in the next
// version of the file. It lies above the ids that people count up to and fits
// the 32 bits that some apps keep.
func (i identities) idFor(guid string) int {
	const first, span = 1_000_000_000, 1_147_000_000
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(guid))) // a hash never fails
	for id := first + int(h.Sum32()%span); ; id++ {
		if i.claimID(id) {
			return id
		}
	}
}

// personGUID knows a person without a guid by code, else by name. The number
// in id does not count: files give 0 to hundreds.
func (i identities) personGUID(p Person) string {
	if p.Code != "" {
		return i.derive("person", "code", p.Code)
	}
	return i.derive("person", "name", strings.Join(strings.Fields(foldText(p.Name)), " "))
}

// foldText is text in lower case and without marks on letters.
func foldText(text string) string {
	marks := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	folded, _, err := transform.String(marks, text)
	if err != nil {
		folded = text
	}
	return strings.NewReplacer("ł", "l", "ß", "ss", "ø", "o", "đ", "d", "æ", "ae", "œ", "oe", "ı", "i").
		Replace(strings.ToLower(folded))
}
