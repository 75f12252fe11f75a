package calls

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/call"
	"obrady/internal/civil"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: calls.field.*
// key: calls.call.*
var controls = []desk.Control{
	{Name: "title", As: desk.AsPair, Key: "calls.field.title", Most: 200, Must: true},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
	{Name: "mark", As: desk.AsLine, Key: "calls.field.mark", Help: "calls.field.mark_help", Size: "size-s", Must: true},
	{Name: "kind", As: desk.AsSelect, Key: "calls.field.kind"},
	{Name: "block", As: desk.AsSelect, Key: "calls.field.block", Help: "calls.field.block_help"},
	{Name: "lead", As: desk.AsProse, Key: "calls.field.lead", Help: "desk.form.markdown", Most: 1000},
	{Name: "body", As: desk.AsProse, Key: "calls.field.body", Help: "desk.form.markdown", Most: 20_000},
	{Name: "opens_on", As: desk.AsDate, Key: "calls.field.opens_on", Must: true},
	{Name: "opens_at", As: desk.AsLine, Key: "calls.field.opens_at", Type: "time", Size: "size-s", Must: true},
	{Name: "closes_on", As: desk.AsDate, Key: "calls.field.closes_on", Must: true},
	{Name: "closes_at", As: desk.AsLine, Key: "calls.field.closes_at", Help: "calls.field.closes_help", Type: "time", Size: "size-s", Must: true},
	{Name: "senders", As: desk.AsSelect, Key: "calls.field.senders"},
	{Name: "anonymity", As: desk.AsSelect, Key: "calls.field.anonymity", Help: "calls.field.anonymity_help"},
	{Name: "languages", As: desk.AsBoxes, Key: "calls.field.languages", Must: true},
	{Name: "paths", As: desk.AsRows, Key: "calls.field.paths", Help: "calls.field.paths_help", Rows: []desk.Control{
		{Name: "path_slug", Key: "desk.form.id", Type: "hidden"},
		{Name: "path_name_pl", Key: "calls.field.name_pl"},
		{Name: "path_name_en", Key: "calls.field.name_en"},
	}},
	{Name: "formats", As: desk.AsRows, Key: "calls.field.formats", Help: "calls.field.formats_help", Rows: []desk.Control{
		{Name: "format_slug", Key: "desk.form.id", Type: "hidden"},
		{Name: "format_name_pl", Key: "calls.field.name_pl"},
		{Name: "format_name_en", Key: "calls.field.name_en"},
		{Name: "format_minutes", Key: "calls.field.minutes", Type: "number"},
	}},
	{Name: "checklist", As: desk.AsRows, Key: "calls.field.checklist", Help: "calls.field.checklist_help", Rows: []desk.Control{
		{Name: "check_pl", Key: "calls.field.check_pl"},
		{Name: "check_en", Key: "calls.field.check_en"},
	}},
	{Name: "per_person", As: desk.AsLine, Key: "calls.field.per_person", Help: "calls.field.limit_help", Type: "number", Size: "size-s"},
	{Name: "per_institution", As: desk.AsLine, Key: "calls.field.per_institution", Help: "calls.field.limit_help", Type: "number", Size: "size-s"},
	{Name: "terms", As: desk.AsProse, Key: "calls.field.terms", Help: "calls.field.terms_help", Most: 20_000},
}

var fields = desk.FieldsOf("call", controls)

// item is a call with the clock of its edition.
type item struct {
	call.Call

	zone *time.Location
}

func (p *Pages) kind() desk.Kind[item] {
	return desk.Kind[item]{
		Name: "call", Key: "calls.call", Plural: "calls", PL: "nabory", EN: "calls", New: [2]string{"nowy", "new"},
		Action: string(rights.SetCalls), Object: rights.WithinEdition, Missing: call.ErrNoCall, Controls: controls, Fields: fields,
		Columns: []desk.Heading{
			{Name: "title", Key: "calls.field.title"},
			{Name: "mark", Key: "calls.field.mark"},
			{Name: "kind", Key: "calls.field.kind"},
			{Name: "opens", Key: "calls.field.opens_on"},
			{Name: "closes", Key: "calls.field.closes_on"},
			{Name: "phase", Key: "calls.phase"},
		},
		All: p.items,
		Facts: func(t item) desk.Facts {
			return desk.Facts{ID: string(t.ID), Revision: t.Revision, Name: t.Title, Address: t.Slug}
		},
		Blank: func(d desk.Desk, fresh string, _ []item) item {
			c := call.Call{ID: call.ID(fresh), Edition: d.Edition.ID, Kind: call.Abstract, Senders: call.Anybody, Anonymity: call.Open, Languages: []i18n.Lang{i18n.Polish}}
			return item{c, d.Edition.Location()}
		},
		Fill: fill, Read: read,
		Save: func(ctx context.Context, by people.AccountID, t item) (item, error) {
			saved, err := p.Calls.Save(ctx, by, t.Call)
			return item{saved, t.zone}, err
		},
		Cells: func(t item, _ []item) []desk.Entry {
			return []desk.Entry{
				desk.Words(t.Title), desk.Plain(t.Mark), desk.Said(t.Kind), desk.Plain(string(civil.DateOf(t.OpensAt.In(t.zone)))),
				desk.Plain(string(civil.DateOf(t.ClosesAt.In(t.zone)))), desk.Said(t.Phase(p.Now())),
			}
		},
		Choices: p.choices,
		Extras: func(_ context.Context, _ desk.Desk, t item) ([]desk.Extra, error) {
			if t.Revision == 0 {
				return nil, nil
			}
			return []desk.Extra{
				{Key: "calls.form", Route: "desk.call.form", Arg: t.Slug},
				{Key: "calls.state", Route: "desk.call.state", Arg: t.Slug},
				{Key: "calls.sent", Route: "desk.submissions", Arg: t.Slug},
			}, nil
		},
	}
}

// items lists the calls that whoever looks may change.
func (p *Pages) items(ctx context.Context, d desk.Desk) (all []item, err error) {
	found, err := p.Calls.Calls(ctx, d.Edition.ID)
	for _, c := range found {
		if covers(d, rights.SetCalls, c) {
			all = append(all, item{c, d.Edition.Location()})
		}
	}
	return all, err
}

func (p *Pages) choices(ctx context.Context, d desk.Desk, t item) (map[string][]desk.Choice, error) {
	working, err := p.Timetable.Working(ctx, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	var blocks []desk.Choice
	if d.Scope(rights.SetCalls).All() {
		blocks = append(blocks, desk.Choice{Key: "calls.whole_edition"})
	}
	for _, b := range working.Blocks {
		if d.Scope(rights.SetCalls).Block(b.ID) || b.ID == t.Block {
			blocks = append(blocks, desk.Choice{Value: string(b.ID), Words: b.Name})
		}
	}
	return map[string][]desk.Choice{
		"kind": desk.Choices(call.Kinds), "senders": desk.Choices(call.AllSenders), "anonymity": desk.Choices(call.Anonymities), "block": blocks,
		"languages": {{Value: string(i18n.Polish), Key: "calls.language.pl"}, {Value: string(i18n.English), Key: "calls.language.en"}},
	}, nil
}

func setMoment(f *web.Form, name string, at time.Time, zone *time.Location) {
	if !at.IsZero() {
		f.Set(name+"_on", at.In(zone).Format(time.DateOnly))
		f.Set(name+"_at", at.In(zone).Format("15:04"))
	}
}

func fill(f *web.Form, t item) {
	desk.SetText(f, "title", t.Title)
	desk.SetText(f, "lead", t.Lead)
	desk.SetText(f, "body", t.Body)
	desk.SetText(f, "terms", t.Terms)
	for name, value := range map[string]string{
		"slug": t.Slug, "mark": t.Mark, "kind": string(t.Kind), "block": string(t.Block), "senders": string(t.Senders), "anonymity": string(t.Anonymity),
	} {
		f.Set(name, value)
	}
	setMoment(f, "opens", t.OpensAt, t.zone)
	setMoment(f, "closes", t.ClosesAt, t.zone)
	desk.SetNumber(f, "per_person", t.PerPerson)
	desk.SetNumber(f, "per_institution", t.PerInstitution)
	for _, l := range t.Languages {
		f.Typed.Add("languages", string(l))
	}
	for i, o := range t.Paths {
		setOption(f, "path", i, o)
	}
	for i, o := range t.Formats {
		setOption(f, "format", i, o)
		desk.SetCell(f, "format_minutes", i, minutes(o.Minutes))
	}
	for i, c := range t.Checklist {
		desk.SetCell(f, "check_pl", i, c.PL)
		desk.SetCell(f, "check_en", i, c.EN)
	}
}

func minutes(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func setOption(f *web.Form, name string, row int, o call.Option) {
	desk.SetCell(f, name+"_slug", row, o.Slug)
	desk.SetCell(f, name+"_name_pl", row, o.Name.PL)
	desk.SetCell(f, name+"_name_en", row, o.Name.EN)
}

func read(f *web.Form, before item, all []item) item {
	t := before
	t.Revision = f.Revision
	t.Title, t.Lead = desk.ReadText(f, "title", before.Title), desk.ReadText(f, "lead", before.Lead)
	t.Body, t.Terms = desk.ReadText(f, "body", before.Body), desk.ReadText(f, "terms", before.Terms)
	t.Slug = desk.Slug(f, t.Title.PL, func(s string) bool {
		return slices.ContainsFunc(all, func(o item) bool { return o.Slug == s && o.ID != t.ID })
	})
	t.Mark, t.Kind, t.Block = strings.ToUpper(f.Value("mark")), call.Kind(f.Value("kind")), programme.BlockID(f.Value("block"))
	t.Senders, t.Anonymity = call.Senders(f.Value("senders")), call.Anonymity(f.Value("anonymity"))
	t.OpensAt, t.ClosesAt = same(f.Moment("opens_on", "opens_at", t.zone), before.OpensAt), same(f.Moment("closes_on", "closes_at", t.zone), before.ClosesAt)
	t.PerPerson, t.PerInstitution = f.Int("per_person"), f.Int("per_institution")
	t.Languages = nil
	for _, l := range f.All("languages") {
		t.Languages = append(t.Languages, i18n.Lang(l))
	}
	t.Paths, t.Formats = options(f, "path"), options(f, "format")
	t.Checklist = nil
	for i := range desk.RowsOf(f, "check_pl", "check_en") {
		if c := (i18n.Text{PL: desk.CellAt(f, "check_pl", i), EN: desk.CellAt(f, "check_en", i)}); c.PL != "" {
			t.Checklist = append(t.Checklist, c)
		}
	}
	return t
}

// same is the moment that was, when the form says the same minute: forms show no seconds.
func same(typed, before time.Time) time.Time {
	if typed.Equal(before.Truncate(time.Minute)) {
		return before
	}
	return typed
}

// options reads paths or formats. One without a name is gone; a new one gets an address of its own.
func options(f *web.Form, name string) (all []call.Option) {
	for i := range desk.RowsOf(f, name+"_name_pl", name+"_name_en") {
		o := call.Option{
			Slug: desk.CellAt(f, name+"_slug", i),
			Name: i18n.Text{PL: desk.CellAt(f, name+"_name_pl", i), EN: desk.CellAt(f, name+"_name_en", i)},
		}
		if o.Name.PL == "" {
			continue
		}
		if typed := desk.CellAt(f, name+"_minutes", i); typed != "" {
			n, err := strconv.Atoi(typed)
			if err != nil {
				desk.RowProblem(f, name+"_minutes", i, "web.form.number")
			}
			o.Minutes = n
		}
		if o.Slug == "" {
			o.Slug = text.UniqueSlug(text.Slug(o.Name.PL), func(s string) bool {
				return slices.ContainsFunc(all, func(b call.Option) bool { return b.Slug == s })
			})
		}
		all = append(all, o)
	}
	return all
}
