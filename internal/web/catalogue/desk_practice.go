package catalogue

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var (
	blockRows = desk.Control{
		Name: "blocks", As: desk.AsRows, Key: "catalogue.practice.blocks", Help: "catalogue.practice.blocks_help", Rows: []desk.Control{
			{Name: "block_id", Key: "desk.form.id", Type: "hidden"},
			{Name: "block_name_pl", Key: "catalogue.practice.block_name_pl"},
			{Name: "block_name_en", Key: "catalogue.practice.block_name_en"},
			{Name: "block_what_pl", Key: "catalogue.practice.block_what_pl", Type: "textarea"},
			{Name: "block_what_en", Key: "catalogue.practice.block_what_en", Type: "textarea"},
			{Name: "block_needs_pl", Key: "catalogue.practice.block_needs_pl", Type: "textarea"},
			{Name: "block_needs_en", Key: "catalogue.practice.block_needs_en", Type: "textarea"},
			{Name: "block_watch_pl", Key: "catalogue.practice.block_watch_pl", Type: "textarea"},
			{Name: "block_watch_en", Key: "catalogue.practice.block_watch_en", Type: "textarea"},
		},
	}
	partnerRows = desk.Control{
		Name: "partners", As: desk.AsRows, Key: "catalogue.practice.partners", Help: "catalogue.practice.partners_help", Rows: []desk.Control{
			{Name: "partner_name_pl", Key: "catalogue.practice.partner_name_pl"},
			{Name: "partner_name_en", Key: "catalogue.practice.partner_name_en"},
			{Name: "partner_gave_pl", Key: "catalogue.practice.partner_gave_pl"},
			{Name: "partner_gave_en", Key: "catalogue.practice.partner_gave_en"},
		},
	}
	resultRows = desk.Control{
		Name: "results", As: desk.AsRows, Key: "catalogue.practice.results", Help: "catalogue.practice.results_help", Rows: []desk.Control{
			{Name: "result_indicator_pl", Key: "catalogue.practice.result_indicator_pl"},
			{Name: "result_indicator_en", Key: "catalogue.practice.result_indicator_en"},
			{Name: "result_before_pl", Key: "catalogue.result.before"},
			{Name: "result_before_en", Key: "catalogue.practice.result_before_en"},
			{Name: "result_after_pl", Key: "catalogue.result.after"},
			{Name: "result_after_en", Key: "catalogue.practice.result_after_en"},
			{Name: "result_source_pl", Key: "catalogue.result.source"},
			{Name: "result_source_en", Key: "catalogue.practice.result_source_en"},
		},
	}
	linkRows = desk.Control{
		Name: "links", As: desk.AsRows, Key: "catalogue.practice.links", Help: "catalogue.practice.links_help", Rows: []desk.Control{
			{Name: "link_title_pl", Key: "catalogue.practice.link_title_pl"},
			{Name: "link_title_en", Key: "catalogue.practice.link_title_en"},
			{Name: "link_url", Key: "catalogue.practice.link_url", Type: "url"},
		},
	}
	pictureRows = desk.Control{
		Name: "pictures", As: desk.AsRows, Key: "catalogue.practice.pictures", Help: "catalogue.practice.pictures_help", Rows: []desk.Control{
			{Name: "picture_id", Key: "desk.form.id", Type: "hidden"},
			{Name: "picture_alt_pl", Key: "catalogue.picture.alt_pl"},
			{Name: "picture_alt_en", Key: "catalogue.picture.alt_en"},
			{Name: "picture_credit", Key: "catalogue.picture.credit"},
		},
	}
)

// key: catalogue.practice.*
// key: catalogue.most.*
var practiceControls = []desk.Control{
	{Name: "title", As: desk.AsPair, Key: "catalogue.practice.title", Most: practice.MostTitle, Must: true},
	{Name: "summary", As: desk.AsProse, Key: "catalogue.practice.summary", Help: "catalogue.most.summary", Words: practice.SummaryWords},
	{Name: "owner", As: desk.AsPair, Key: "catalogue.fact.owner", Help: "catalogue.practice.owner_help"},
	{Name: "register", As: desk.AsSelect, Key: "catalogue.practice.register", Help: "catalogue.practice.register_help"},
	{Name: "city", As: desk.AsPair, Key: "catalogue.fact.city"},
	{Name: "region", As: desk.AsSelect, Key: "catalogue.fact.region"},
	{Name: "size", As: desk.AsSelect, Key: "catalogue.fact.size"},
	{Name: "position", As: desk.AsLine, Key: "catalogue.practice.position", Help: "catalogue.practice.position_help", Size: "size-m"},
	{Name: "from", As: desk.AsLine, Key: "catalogue.practice.from", Help: "catalogue.practice.from_help", Size: "size-s"},
	{Name: "until", As: desk.AsLine, Key: "catalogue.practice.until", Help: "catalogue.practice.until_help", Size: "size-s"},
	{Name: "stage", As: desk.AsSelect, Key: "catalogue.fact.stage"},
	{Name: "goals", As: desk.AsBoxes, Key: "catalogue.filter.goal"},
	{Name: "themes", As: desk.AsBoxes, Key: "catalogue.filter.theme"},
	{Name: "threads", As: desk.AsBoxes, Key: "catalogue.filter.thread"},
	{Name: "before", As: desk.AsProse, Key: "catalogue.section.before", Help: "catalogue.most.before", Words: practice.BeforeWords},
	{Name: "done", As: desk.AsProse, Key: "catalogue.section.done", Help: "catalogue.most.done", Words: practice.DoneWords},
	blockRows,
	{Name: "resources", As: desk.AsProse, Key: "catalogue.section.resources", Help: "catalogue.most.resources", Words: practice.SourcesWords},
	partnerRows, resultRows,
	{Name: "failed", As: desk.AsProse, Key: "catalogue.section.failed", Help: "catalogue.most.failed", Words: practice.FailedWords},
	{Name: "transfer", As: desk.AsProse, Key: "catalogue.section.transfer", Help: "catalogue.most.transfer", Words: practice.ScopeWords},
	linkRows, pictureRows,
	{Name: "contact_name", As: desk.AsLine, Key: "catalogue.contact_name", Help: "catalogue.practice.contact_help"},
	{Name: "contact_office", As: desk.AsLine, Key: "catalogue.practice.contact_office"},
	{Name: "contact_email", As: desk.AsLine, Key: "catalogue.contact_email", Type: "email"},
	{Name: "licence", As: desk.AsSelect, Key: "catalogue.fact.licence", Help: "catalogue.practice.licence_help"},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
}

var practiceFields = desk.FieldsOf("practice", practiceControls)

// practices is the list and the form of practices on the desk.
func (p *Pages) practices() desk.Kind[practice.Practice] {
	return desk.Kind[practice.Practice]{
		Name: "practice", Key: "catalogue.practice", Plural: "practices", PL: "praktyki", EN: "practices", New: [2]string{"nowa", "new"},
		Action: string(rights.EditPractices), Missing: practice.ErrNone, Controls: practiceControls, Fields: practiceFields,
		Columns: []desk.Heading{
			{Name: "title", Key: "catalogue.practice.title"},
			{Name: "city", Key: "catalogue.fact.city"},
			{Name: "state", Key: "catalogue.practice.state"},
			{Name: "check", Key: "catalogue.practice.check"},
			{Name: "release", Key: "catalogue.practice.release", Number: true},
		},
		All: func(ctx context.Context, d desk.Desk) ([]practice.Practice, error) {
			return p.Keeper.Practices(ctx, d.Edition.ID)
		},
		Facts: func(one practice.Practice) desk.Facts {
			return desk.Facts{ID: string(one.ID), Revision: one.Revision, Name: one.Title}
		},
		Blank: func(d desk.Desk, fresh string, _ []practice.Practice) practice.Practice {
			return practice.Practice{ID: practice.ID(fresh), Edition: d.Edition.ID, State: practice.Draft, Content: practice.Content{Licence: practice.Licences[0]}}
		},
		Fill: fillPractice, Read: readPractice, Save: p.savePractice,
		Cells: func(one practice.Practice, _ []practice.Practice) []desk.Entry {
			check := ""
			if one.State == practice.Published {
				check = one.CheckAt.Format("2006-01-02")
			}
			return []desk.Entry{desk.Words(one.Title), desk.Words(one.City), desk.Said(one.State), desk.Plain(check), desk.Number(one.Release)}
		},
		Choices: p.practiceChoices,
		Extras: func(_ context.Context, _ desk.Desk, one practice.Practice) ([]desk.Extra, error) {
			if one.Revision == 0 {
				return nil, nil
			}
			return []desk.Extra{
				{Key: "catalogue.review.title", Route: "desk.practice.review", Arg: string(one.ID)},
				{Key: "catalogue.review.preview", Route: "desk.practice.preview", Arg: string(one.ID)},
			}, nil
		},
	}
}

// savePractice saves a practice whose terms and institution are those of its edition: nobody can send another one's.
func (p *Pages) savePractice(ctx context.Context, by people.AccountID, one practice.Practice) (practice.Practice, error) {
	before, err := p.Keeper.Practice(ctx, one.ID)
	if err != nil && !errors.Is(err, practice.ErrNone) {
		return one, err
	}
	lists, err := p.Lists.Taxonomies(ctx, one.Edition)
	if err != nil {
		return one, err
	}
	has := func(id edition.TermID) bool {
		return slices.ContainsFunc(lists, func(list edition.Taxonomy) bool {
			return slices.ContainsFunc(list.Terms, func(t edition.Term) bool { return t.ID == id })
		})
	}
	var wrong errs.Problems
	if slices.ContainsFunc(one.Terms, func(id edition.TermID) bool { return !has(id) }) {
		wrong.Add("themes", "practice.choose")
	}
	if one.Register != "" && one.Register != before.Register {
		register, err := p.register(ctx, one.Edition)
		if err != nil {
			return one, err
		}
		if !slices.ContainsFunc(register, func(i people.Institution) bool { return i.ID == one.Register }) {
			wrong.Add("register", "practice.choose")
		}
	}
	if err := wrong.Err(); err != nil {
		return one, err
	}
	return p.Keeper.Save(ctx, by, one)
}

// register lists the institutions that the public knows from an edition.
func (p *Pages) register(ctx context.Context, of edition.ID) ([]people.Institution, error) {
	all, err := p.Editions.Editions(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(e edition.Edition) bool { return e.ID == of })
	if i < 0 {
		return nil, nil
	}
	e, err := p.Published.Edition(all[i].Slug)
	if errors.Is(err, publication.ErrUnknown) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return e.Programme.Institutions, nil
}

func (p *Pages) practiceChoices(ctx context.Context, d desk.Desk, one practice.Practice) (map[string][]desk.Choice, error) {
	lists, err := p.Lists.Taxonomies(ctx, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	offered := map[string][]desk.Choice{
		"region": desk.OrNone("catalogue.practice.choose", desk.Choices(practice.Regions)),
		"size":   desk.OrNone("catalogue.practice.choose", desk.Choices(practice.Sizes)),
		"stage":  desk.OrNone("catalogue.practice.choose", desk.Choices(practice.Stages)),
	}
	for _, licence := range practice.Licences {
		offered["licence"] = append(offered["licence"], desk.Choice{Value: licence, Plain: licence})
	}
	for _, list := range lists {
		for _, t := range list.Terms {
			if name := termFields[list.Kind]; name != "" && (t.Holds(list.Version) || slices.Contains(one.Terms, t.ID)) {
				offered[name] = append(offered[name], desk.Choice{Value: string(t.ID), Words: t.Name})
			}
		}
	}
	institutions, err := p.register(ctx, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	var register []desk.Choice
	for _, i := range institutions {
		register = append(register, desk.Choice{Value: string(i.ID), Words: i.Name})
	}
	offered["register"] = desk.OrNone("catalogue.practice.not_registered", register)
	return offered, nil
}

// termFields are the fields in which the terms of each kind are ticked.
var termFields = map[edition.TaxonomyKind]string{edition.Goal: "goals", edition.Theme: "themes", edition.PracticePath: "threads"}

// texts are the fields that a practice has in both languages.
func texts(c *practice.Content) map[string]*i18n.Text {
	return map[string]*i18n.Text{
		"title": &c.Title, "summary": &c.Summary, "owner": &c.Owner, "city": &c.City, "before": &c.Before, "done": &c.Done,
		"resources": &c.Resources, "failed": &c.Failed, "transfer": &c.Transfer,
	}
}

func fillPractice(f *web.Form, one practice.Practice) {
	for name, t := range texts(&one.Content) {
		desk.SetText(f, name, *t)
	}
	for name, value := range map[string]string{
		"register": string(one.Register), "region": string(one.Region), "size": string(one.Size), "from": one.From, "until": one.Until,
		"stage": string(one.Stage), "licence": one.Licence, "slug": one.Slug,
		"contact_name": one.Contact.Name, "contact_office": one.Contact.Office, "contact_email": one.Contact.Email,
	} {
		f.Set(name, value)
	}
	if one.Position != nil {
		f.Set("position", one.Position.String())
	}
	for _, name := range termFields {
		f.Set(name, plainly(one.Terms)...) // a box that is not offered in a field is not ticked there
	}
	for _, b := range one.Blocks {
		desk.AddRow(f, blockRows, b.ID, b.Name.PL, b.Name.EN, b.What.PL, b.What.EN, b.Needs.PL, b.Needs.EN, b.Watch.PL, b.Watch.EN)
	}
	for _, o := range one.Partners {
		desk.AddRow(f, partnerRows, o.Name.PL, o.Name.EN, o.Gave.PL, o.Gave.EN)
	}
	for _, o := range one.Results {
		desk.AddRow(f, resultRows, o.Indicator.PL, o.Indicator.EN, o.Before.PL, o.Before.EN, o.After.PL, o.After.EN, o.Source.PL, o.Source.EN)
	}
	for _, l := range one.Links {
		desk.AddRow(f, linkRows, l.Title.PL, l.Title.EN, l.URL)
	}
	for _, o := range one.Pictures {
		desk.AddRow(f, pictureRows, o.ID, o.Alt.PL, o.Alt.EN, o.Credit)
	}
}

func readPractice(f *web.Form, one practice.Practice, all []practice.Practice) practice.Practice {
	one.Revision = f.Revision
	for name, t := range texts(&one.Content) {
		*t = desk.ReadText(f, name, *t)
	}
	one.Register, one.Region = people.InstitutionID(f.Value("register")), practice.Region(f.Value("region"))
	one.Size, one.Stage = practice.Size(f.Value("size")), practice.Stage(f.Value("stage"))
	one.From, one.Until, one.Licence = f.Value("from"), f.Value("until"), f.Value("licence")
	one.Contact = practice.Contact{Email: f.Value("contact_email"), Name: f.Value("contact_name"), Office: f.Value("contact_office")}
	one.Slug = desk.Slug(f, one.Title.PL, func(s string) bool {
		return desk.Taken(all, func(o practice.Practice) bool { return o.Slug == s && o.ID != one.ID })
	})
	var err error
	if one.Position, err = practice.ParsePosition(f.Value("position")); err != nil {
		f.Problems.Add("position", practice.ErrPosition.Key)
	}
	one.Terms = nil
	for _, name := range []string{"goals", "themes", "threads"} {
		for _, id := range f.All(name) {
			if !slices.Contains(one.Terms, edition.TermID(id)) {
				one.Terms = append(one.Terms, edition.TermID(id))
			}
		}
	}
	readRows(f, &one)
	note(f, one.Validate())
	return one
}

func readRows(f *web.Form, one *practice.Practice) {
	for _, list := range []desk.Control{blockRows, partnerRows, resultRows, linkRows, pictureRows} {
		compact(f, list)
	}
	both := func(name string, row int) i18n.Text {
		return i18n.Text{PL: desk.CellAt(f, name+"_pl", row), EN: desk.CellAt(f, name+"_en", row)}
	}
	said := one.Pictures
	one.Blocks, one.Partners, one.Results, one.Links, one.Pictures = nil, nil, nil, nil, nil
	for i := range desk.CountRows(f, blockRows) {
		one.Blocks = append(one.Blocks, practice.Block{
			ID: desk.CellAt(f, "block_id", i), Name: both("block_name", i), What: both("block_what", i), Needs: both("block_needs", i), Watch: both("block_watch", i),
		})
	}
	for i := range desk.CountRows(f, partnerRows) {
		one.Partners = append(one.Partners, practice.Partner{Name: both("partner_name", i), Gave: both("partner_gave", i)})
	}
	for i := range desk.CountRows(f, resultRows) {
		one.Results = append(one.Results, practice.Result{
			Indicator: both("result_indicator", i), Before: both("result_before", i), After: both("result_after", i), Source: both("result_source", i),
		})
	}
	for i := range desk.CountRows(f, linkRows) {
		one.Links = append(one.Links, practice.Link{Title: both("link_title", i), URL: desk.CellAt(f, "link_url", i)})
	}
	for i := range desk.CountRows(f, pictureRows) {
		id := desk.CellAt(f, "picture_id", i)
		if slices.ContainsFunc(said, func(o practice.Picture) bool { return o.ID == id }) { // pictures are added on a page of their own
			one.Pictures = append(one.Pictures, practice.Picture{ID: id, Alt: both("picture_alt", i), Credit: desk.CellAt(f, "picture_credit", i)})
		}
	}
}

// compact takes the rows out of a list in which nothing is typed, so that rows and what was read have the same numbers.
func compact(f *web.Form, list desk.Control) {
	for row := desk.CountRows(f, list) - 1; row >= 0; row-- {
		empty := true
		for _, column := range list.Rows {
			if !strings.HasSuffix(column.Name, "_id") && desk.CellAt(f, column.Name, row) != "" {
				empty = false
			}
		}
		if empty {
			desk.RemoveRow(f, list, row)
		}
	}
}

// note puts problems into the form, those of one row beside its cell.
func note(f *web.Form, err error) {
	var problems errs.Problems
	if !errors.As(err, &problems) {
		return
	}
	for _, one := range problems {
		at := strings.LastIndexByte(one.Name, '-')
		if n, bad := strconv.Atoi(one.Name[at+1:]); at > 0 && bad == nil {
			desk.RowProblem(f, one.Name[:at], n, one.Key, one.Args...)
		} else if f.Problem(one.Name) == nil {
			f.Problems.Add(one.Name, one.Key, one.Args...)
		}
	}
}
