package composer

import (
	"net/http"
	"slices"
	"strconv"

	"obrady/internal/call"
	"obrady/internal/kaleidoscope"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// boardPage is the composer of one session.
type boardPage struct {
	room
	kaleidoscope.View
	Form  web.Form // of the settings
	Again *missed  // a move that was not made
}

// missed is a move that somebody else's change has overtaken, to be made once more.
type missed struct {
	Sentence string // its key
	Code     string
	Title    string
	Do       string
	Cycle    int
	Position int
}

var boardTemplate = parse[boardPage]("board.html")

var boardFields = web.Fields{
	"call": "composer.set.call", "path": "composer.set.path", "format": "composer.set.format", "talk": "composer.set.talk", "per_cycle": "composer.set.per_cycle",
	"discussion": "composer.set.discussion", "opening": "composer.set.opening", "pause": "composer.set.pause", "closing": "composer.set.closing",
}

func (p *Pages) board(r *http.Request) (page boardPage, err error) {
	if page.room, err = p.room(r); err != nil {
		return page, err
	}
	page.View, err = p.Composer.Open(r.Context(), page.At)
	page.Form = page.settings()
	return page, err
}

func (p *Pages) showBoard(w http.ResponseWriter, r *http.Request) error {
	page, err := p.board(r)
	if err != nil {
		return err
	}
	return boardTemplate.Show(w, r, page)
}

// settings is how the session is divided, as a form.
func (b boardPage) settings() web.Form {
	form := web.NewForm(boardFields)
	form.Revision = b.Revision
	form.Set("call", string(b.Call))
	form.Set("path", b.Path)
	form.Set("format", b.Format)
	for name, n := range b.numbers() {
		form.Set(name, strconv.Itoa(*n))
	}
	return form
}

func (b *boardPage) numbers() map[string]*int {
	s := &b.Shape
	return map[string]*int{
		"talk": &s.Talk, "per_cycle": &s.PerCycle, "discussion": &s.Discussion, "opening": &s.Opening, "pause": &s.Pause, "closing": &s.Closing,
	}
}

// CallChoices are the calls that a session can be filled from.
func (b boardPage) CallChoices(v web.View) web.Input {
	var all []web.Option
	for _, c := range b.Calls {
		all = append(all, web.Option{Value: string(c.ID), Label: v.Plain(c.Title)})
	}
	return v.Input(b.Form, "call").Choices(all)
}

// Options are the paths or formats of all calls to choose from, each slug once.
func (b boardPage) Options(v web.View, name string) web.Input {
	all := []web.Option{{Label: v.T("composer.set.all")}}
	for _, c := range b.Calls {
		options := c.Paths
		if name == "format" {
			options = c.Formats
		}
		for _, o := range options {
			if !slices.ContainsFunc(all, func(known web.Option) bool { return known.Value == o.Slug }) {
				all = append(all, web.Option{Value: o.Slug, Label: v.Plain(o.Name)})
			}
		}
	}
	return v.Input(b.Form, name).Choices(all)
}

// PathName is the path that the session is for; nothing where it is for all of them.
func (b boardPage) PathName(v web.View) string { return pathName(v, b.View) }

func pathName(v web.View, of kaleidoscope.View) string {
	if c := of.Chosen(); c != nil {
		if o, known := c.Option(c.Paths, of.Path); known {
			return v.Plain(o.Name)
		}
	}
	return of.Path
}

// PathName is the path that a session of the list is for.
func (l listPage) PathName(v web.View, of kaleidoscope.View) string { return pathName(v, of) }

// cycle is one cycle on the board.
type cycle struct {
	Number     int
	Parts      []kaleidoscope.Part // its talks
	Discussion kaleidoscope.Part
	Free       int
}

// Cycles are the cycles with their minutes.
func (b boardPage) Cycles() []cycle {
	var all []cycle
	for _, part := range b.Plan.Parts(b.Begin()) {
		if part.Cycle > len(all) {
			all = append(all, cycle{Number: part.Cycle})
		}
		switch {
		case part.Cycle == 0 || part.Hand.ID != "":
		case part.Kind == programme.Talk:
			all[part.Cycle-1].Parts = append(all[part.Cycle-1].Parts, part)
		case part.Kind == programme.Discussion:
			all[part.Cycle-1].Discussion = part
		}
	}
	for i := range all {
		all[i].Free = max(0, b.Shape.PerCycle-len(all[i].Parts))
	}
	return all
}

// Hand are the parts that were typed in by hand, which composing leaves alone.
func (b boardPage) Hand() []programme.Segment { return slices.Concat(b.Plan.Front, b.Plan.Back) }

// More says whether there may be one more cycle.
func (b boardPage) More() bool { return len(b.View.Cycles) < kaleidoscope.MostCycles }

// Undoable says whether the last change moved something.
func (b boardPage) Undoable() bool {
	return b.Revision > 1 && !slices.EqualFunc(b.View.Cycles, b.Before, slices.Equal)
}

// Item is a talk on the board, with everything its buttons need.
type Item struct {
	web.View
	kaleidoscope.Talk
	Page           boardPage
	Cycle, Number  int // 0: in the pool
	First, Last    bool
	When           string
	Faults         []kaleidoscope.Fault
	Times          bool // somebody said when it can be held
	CyclesToChoose []int
}

// Placed is a talk of a cycle.
func (b boardPage) Placed(v web.View, c cycle, part kaleidoscope.Part) Item {
	i := b.Free(v, part.Talk)
	i.Cycle, i.Number, i.When = c.Number, part.Number, b.Clock(v, part.Begin)
	i.First, i.Last = c.Number == 1 && part.Number == 1, c.Number == len(b.View.Cycles) && part.Number == len(c.Parts)
	i.Faults = b.FaultsOf(part.Talk.Submission)
	return i
}

// Free is a talk of the pool.
func (b boardPage) Free(v web.View, t kaleidoscope.Talk) Item {
	i := Item{View: v, Talk: t, Page: b, Times: !t.Times.Anytime()}
	for n := range b.View.Cycles {
		i.CyclesToChoose = append(i.CyclesToChoose, n+1)
	}
	if b.More() {
		i.CyclesToChoose = append(i.CyclesToChoose, len(b.View.Cycles)+1)
	}
	return i
}

// IsNew says whether a cycle is one that there is not yet.
func (i Item) IsNew(cycle int) bool { return cycle > len(i.Page.View.Cycles) }

// Whole are the faults that concern no talk alone.
func (b boardPage) Whole() []kaleidoscope.Fault {
	return slices.DeleteFunc(slices.Clone(b.Faults), func(f kaleidoscope.Fault) bool { return f.Submission != "" })
}

// Elsewhere is the title of the other session that a fault names.
func (b boardPage) Elsewhere(v web.View, f kaleidoscope.Fault) string {
	other, known := b.Others[f.Session]
	if !known || !b.Scope(rights.ReadDraft).Session(other) {
		return "" // somewhere that is not theirs to know of
	}
	return v.Plain(other.Title)
}

// talk finds a talk of the session or its pool by its code.
func (b boardPage) talk(code string) (kaleidoscope.Talk, bool) {
	all := slices.Clone(b.Pool)
	for _, c := range b.Plan.Cycles {
		all = append(all, c.Talks...)
	}
	i := slices.IndexFunc(all, func(t kaleidoscope.Talk) bool { return t.Code == code })
	if i < 0 {
		return kaleidoscope.Talk{}, false
	}
	return all[i], true
}

func (p *Pages) set(w http.ResponseWriter, r *http.Request) error {
	page, err := p.board(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, boardFields)
	if err != nil {
		return err
	}
	set := kaleidoscope.Settings{Call: call.ID(typed.Value("call")), Path: typed.Value("path"), Format: typed.Value("format")}
	for name, n := range page.numbers() {
		*n = typed.Int(name)
	}
	set.Shape = page.Shape
	if typed.Good() {
		at := page.At
		at.Revision = typed.Revision
		if err = p.Composer.Set(r.Context(), at, set); err == nil {
			web.Flash(r, "composer.set.done")
			return web.Redirect(w, r, "desk.kaleidoscope", page.Desk.Edition.Slug, page.Of.Slug)
		}
		if err := desk.Blame(&typed, err); err != nil {
			return err
		}
	}
	if page, err = p.board(r); err != nil {
		return err
	}
	typed.Revision = page.Revision // what was typed is shown again, and may be saved over what stands now
	page.Form = typed
	return boardTemplate.ShowForm(w, r, typed, page)
}

// Bad says whether something of the talk keeps the session from being composed.
func (i Item) Bad() bool { return len(kaleidoscope.Fatal(i.Faults)) > 0 }

// LanguageKey names the sentence that says the language of the talk.
func (i Item) LanguageKey() string { return programme.LanguageKey(string(i.Language)) }

// Elsewhere is the title of the other session that a fault names.
func (i Item) Elsewhere(f kaleidoscope.Fault) string { return i.Page.Elsewhere(i.View, f) }

// Title is what the page is called in the way to it.
func (b boardPage) Title(v web.View) string { return v.Plain(b.Of.Title) }

// NewCycle is the number that a cycle after the last would have.
func (b boardPage) NewCycle() int { return len(b.View.Cycles) + 1 }

// Length is how many minutes the shortest showing of the session has; 0: it has no hours.
func (b boardPage) Length() (shortest int) {
	for _, h := range b.Room.Hours {
		if n := int(h.End.Sub(h.Begin).Minutes()); shortest == 0 || n < shortest {
			shortest = n
		}
	}
	return shortest
}
