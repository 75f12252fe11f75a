// Package practice keeps what cities have learned where others can find and use it:
// good practices cut into parts that can be taken over, who took them over with what
// result, and stories of what went wrong, told as openly as their tellers allow.
package practice

import (
	"embed"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors, kinds and steps.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with practices.
var (
	ErrNone      = errs.New(errs.NotFound, "practice.none")
	ErrNoPicture = errs.New(errs.NotFound, "practice.no_picture")
	ErrNotYet    = errs.New(errs.Conflict, "practice.not_published")
	ErrPictures  = errs.New(errs.Conflict, "practice.too_many_pictures", MostPictures)
	// ErrChanged is what every list of the house says when somebody else was faster.
	ErrChanged = people.ErrChanged
)

// ID names a good practice (dobra praktyka).
type ID string

// State says how far a practice has come. That one is due for a check follows from
// its date; see Practice.Due.
type State string

// The states of a practice.
const (
	Draft     State = "draft"
	Published State = "published"
	Archived  State = "archived" // taken out of the catalogue; can come back
)

// States lists the states.
var States = []State{Draft, Published, Archived}

// Key names the sentence that says the state.
// key: practice.state.*
func (s State) Key() string { return "practice.state." + string(s) }

// Stage says how far what is described has come in its city.
type Stage string

// The stages.
const (
	Pilot   Stage = "pilot"
	Running Stage = "running"
	Ended   Stage = "ended"
)

// Stages lists the stages in the order in which forms offer them.
var Stages = []Stage{Pilot, Running, Ended}

// Key names the sentence that says the stage.
// key: practice.stage.*
func (s Stage) Key() string { return "practice.stage." + string(s) }

// Limits of texts in words, of which each section has its own, and of lists. They
// follow what international collections of practices ask for.
const (
	MostTitle    = 100 // characters
	MostName     = 200 // characters of a name or one line
	SummaryWords = 60
	BeforeWords  = 150
	DoneWords    = 400
	SourcesWords = 200 // resources
	FailedWords  = 250
	ScopeWords   = 300 // conditions for transfer
	PartWords    = 80  // of one building block, each of its three texts
	GaveWords    = 40  // what a partner gave
	MostBlocks   = 12
	MostPartners = 20
	MostResults  = 12
	MostLinks    = 12
	MostPictures = 6
	ChangeWords  = 200 // of an adoption
)

// checkAfter is how many months after it was last confirmed a practice is due for a check.
const checkAfter = 24

// Block is a part of a practice that can be taken over by itself (klocek).
type Block struct {
	ID    string    `json:"id"`
	Name  i18n.Text `json:"name"`
	What  i18n.Text `json:"what"`
	Needs i18n.Text `json:"needs"`
	Watch i18n.Text `json:"watch"` // what to watch out for
}

// Partner is who else took part, and what they gave.
type Partner struct {
	Name i18n.Text `json:"name"`
	Gave i18n.Text `json:"gave"`
}

// Result is what was measured before and after, and where the figures come from.
type Result struct {
	Indicator i18n.Text `json:"indicator"`
	Before    i18n.Text `json:"before"` // with its unit
	After     i18n.Text `json:"after"`
	Source    i18n.Text `json:"source"`
}

// Link leads to a film, a document or a site.
type Link struct {
	Title i18n.Text `json:"title"`
	URL   string    `json:"url"`
}

// Picture is what is said about a picture; its bytes are kept apart.
type Picture struct {
	ID     string    `json:"id"`
	Alt    i18n.Text `json:"alt"` // what is seen, for those who do not see it
	Credit string    `json:"credit"`
}

// Content is what is told of a practice, as editors write it and the public reads it.
type Content struct {
	Title     i18n.Text            `json:"title"`
	Summary   i18n.Text            `json:"summary"`
	Owner     i18n.Text            `json:"owner"`              // who did it, as its name stands
	Register  people.InstitutionID `json:"register,omitempty"` // the same in the register of institutions
	City      i18n.Text            `json:"city"`               // or another place
	Region    Region               `json:"region"`             // województwo
	Size      Size                 `json:"size"`               // of the city
	Position  *Position            `json:"position,omitempty"` // on the map
	From      string               `json:"from"`               // 2019 or 2019-05
	Until     string               `json:"until,omitempty"`    // the same; empty: it goes on
	Stage     Stage                `json:"stage"`              //
	Terms     []edition.TermID     `json:"terms,omitempty"`    // goals, themes and threads of the edition
	Before    i18n.Text            `json:"before"`             // the situation, Markdown like all sections
	Done      i18n.Text            `json:"done"`               //
	Blocks    []Block              `json:"blocks,omitempty"`   //
	Resources i18n.Text            `json:"resources"`          // money, people, time, law
	Partners  []Partner            `json:"partners,omitempty"` //
	Results   []Result             `json:"results,omitempty"`  //
	Failed    i18n.Text            `json:"failed"`             // what did not work
	Transfer  i18n.Text            `json:"transfer"`           // conditions for taking it over
	Links     []Link               `json:"links,omitempty"`    //
	Pictures  []Picture            `json:"pictures,omitempty"` //
	Licence   string               `json:"licence"`            // SPDX name
	Example   bool                 `json:"example,omitempty"`  // made up for the demonstration
	Sources   []string             `json:"sources,omitempty"`  // addresses of what is public about it
}

// Licences are those under which a practice may be published, by their SPDX names.
var Licences = []string{"CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"}

// Contact is whom people from other cities may ask. Only those who are signed in read it.
type Contact struct {
	Account people.AccountID
	Email   string // of the account; read with it, and looked up or opened when saved
	Name    string
	Office  string // function
}

// Origin says what a practice or a story came from: a submission to a call, or a
// session at which it was shown. Nothing is looked up by it here.
type Origin struct {
	Kind string // "submission", "session"; empty: written by hand
	ID   string
}

// The kinds of origin.
const (
	FromSubmission = "submission"
	FromSession    = "session"
)

// Practice is a good practice (dobra praktyka).
type Practice struct {
	ID      ID
	Edition edition.ID
	Slug    string
	State   State
	Content
	Contact     Contact
	Origin      Origin
	Release     int       // number of the latest; 0: never published
	PublishedAt time.Time // of the latest release
	CheckAt     time.Time // when somebody should look whether it is still true
	AskedAt     time.Time // when the contact was last reminded of that
	Revision    int
	UpdatedAt   time.Time
}

// Due says whether a check is due at the moment now.
func (p Practice) Due(now time.Time) bool {
	return p.State == Published && !p.CheckAt.IsZero() && !now.Before(p.CheckAt)
}

// nextCheck is when a practice that is confirmed at now is due again.
func nextCheck(now time.Time) time.Time { return now.AddDate(0, checkAfter, 0) }

// Words counts the words of a text as its reader sees it.
func Words(s string) (n int) {
	for _, word := range strings.Fields(text.Plain(s)) {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++ // a dash or the mark of a list is none
		}
	}
	return n
}

// section is a text with its limit in words.
type section struct {
	field string
	text  i18n.Text
	most  int
	must  bool // nothing is published without it
}

// sections are the running texts in their order.
func (c Content) sections() []section {
	return []section{
		{"summary", c.Summary, SummaryWords, true},
		{"before", c.Before, BeforeWords, true},
		{"done", c.Done, DoneWords, true},
		{"resources", c.Resources, SourcesWords, true},
		{"failed", c.Failed, FailedWords, true},
		{"transfer", c.Transfer, ScopeWords, true},
	}
}

// Validate says what keeps the practice from being saved. Fields of texts are called
// after the language, "before_pl", those of lists after the list.
func (p Practice) Validate() error {
	var wrong errs.Problems
	if p.Title.IsZero() {
		wrong.Add("title_pl", "practice.title_missing")
	}
	if !edition.ValidSlug(p.Slug) {
		wrong.Add("slug", "practice.slug")
	}
	line(&wrong, "title", p.Title, MostTitle)
	line(&wrong, "owner", p.Owner, MostName)
	line(&wrong, "city", p.City, MostName)
	for _, s := range p.sections() {
		limit(&wrong, s.field, s.text, s.most)
	}
	p.checkPlace(&wrong)
	p.checkLists(&wrong)
	if p.Licence != "" && !slices.Contains(Licences, p.Licence) {
		wrong.Add("licence", "practice.licence")
	}
	if p.Contact.Email != "" {
		if _, ok := people.Email(p.Contact.Email); !ok {
			wrong.Add("contact_email", "practice.email")
		}
	}
	for _, one := range []version{{"contact_name", p.Contact.Name}, {"contact_office", p.Contact.Office}} {
		if text.Length(one.words) > MostName {
			wrong.Add(one.field, "people.too_long", MostName)
		}
	}
	return wrong.Err()
}

// version is what stands in one field.
type version struct{ field, words string }

// versions are the fields of a text in both languages.
func versions(field string, t i18n.Text) []version {
	return []version{{field + "_pl", t.PL}, {field + "_en", t.EN}}
}

func line(wrong *errs.Problems, field string, t i18n.Text, most int) {
	for _, v := range versions(field, t) {
		if text.Length(v.words) > most {
			wrong.Add(v.field, "people.too_long", most)
		}
	}
}

func limit(wrong *errs.Problems, field string, t i18n.Text, most int) {
	for _, v := range versions(field, t) {
		switch n := Words(v.words); {
		case n > most:
			wrong.Add(v.field, "practice.too_many_words", most, n)
		case !text.Fits(v.words):
			wrong.Add(v.field, text.ErrTooComplex.Key)
		}
	}
}

func (c Content) checkPlace(wrong *errs.Problems) {
	if c.Region != "" && !slices.Contains(Regions, c.Region) {
		wrong.Add("region", "practice.choose")
	}
	if c.Size != "" && !slices.Contains(Sizes, c.Size) {
		wrong.Add("size", "practice.choose")
	}
	if c.Stage != "" && !slices.Contains(Stages, c.Stage) {
		wrong.Add("stage", "practice.choose")
	}
	if c.Position != nil && !c.Position.onMap() {
		wrong.Add("position", "practice.position")
	}
	for _, when := range []version{{"from", c.From}, {"until", c.Until}} {
		if !validPeriod(when.words) {
			wrong.Add(when.field, "practice.period")
		}
	}
	if validPeriod(c.From) && validPeriod(c.Until) && c.Until != "" && c.Until < c.From {
		wrong.Add("until", "practice.period_order")
	}
}

// validPeriod takes nothing, a year, or a year and month.
func validPeriod(s string) bool {
	if s == "" {
		return true
	}
	year, month, has := strings.Cut(s, "-")
	y, err := strconv.Atoi(year)
	if err != nil || len(year) != 4 || y < 1900 || y > 2100 {
		return false
	}
	if !has {
		return true
	}
	m, err := strconv.Atoi(month)
	return err == nil && len(month) == 2 && m >= 1 && m <= 12
}
