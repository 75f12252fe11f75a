package planner

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"obrady/internal/draft"
	"obrady/internal/errs"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/schedule"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Imports brings programmes in files into an edition; package export does. What is previewed is not written.
type Imports interface {
	PreviewTable(ctx context.Context, in export.TableImport) (export.TableReport, error)
	ApplyTable(ctx context.Context, in export.TableImport) (export.TableReport, error)
	Preview(ctx context.Context, in export.Import) (export.Report, error)
	Apply(ctx context.Context, in export.Import) (export.Report, error)
}

// mostOfFile is how large a file may be on its way in. The largest known schedule has 5 MB.
const mostOfFile = 20 << 20

// The kinds of file, as the address of the preview names them.
const (
	tableFile    = "table"
	scheduleFile = "schedule"
)

var (
	errNoUpload = errs.New(errs.NotFound, "planner.import.none")
	errReplaced = errs.New(errs.Conflict, "planner.import.replaced")
)

// importFields are those of the two forms that take a file, and of the button that applies it.
var importFields = web.Fields{
	"kind": "planner.import.kind", "file": "planner.import.file", "kept": "planner.import.file",
}

func (p *Pages) importRoutes() []web.Route {
	if p.Imports == nil {
		return nil
	}
	const get, post = http.MethodGet, http.MethodPost
	var all []web.Route
	for _, row := range []deskRow{
		{"desk.import", get, "import", "import", p.showImport, nil, importing},
		{"desk.import.take", post, "import", "import", p.takeFile, nil, importing},
		{"desk.import.sample", get, "import/wzor.csv", "import/sample.csv", p.sendSample, nil, importing},
		{"desk.import.preview", get, "import/podglad/{kind}", "import/preview/{kind}", p.showPreview, nil, importing},
		{"desk.import.apply", post, "import/podglad/{kind}", "import/preview/{kind}", p.applyFile, nil, importing},
	} {
		route := row.route()
		if row.name == "desk.import.take" {
			route.Body = mostOfFile + 64<<10
		}
		all = append(all, route)
	}
	return all
}

// ImportPage takes a file.
type ImportPage struct {
	desk.Desk
	Form web.Form
}

var importPage = parse[ImportPage]("import.html")

// Input asks for a file of a kind, and says what was wrong with the one that was sent.
func (i ImportPage) Input(v web.View, kind string) web.Input {
	in := v.Input(i.Form, "file")
	if i.Form.Value("kind") != kind {
		in.Problem = ""
	}
	return in
}

func (p *Pages) showImport(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.import")
	if err != nil {
		return err
	}
	return importPage.Show(w, r, ImportPage{d, web.NewForm(importFields)})
}

// takeFile keeps a file that can be read, and goes on to the preview.
func (p *Pages) takeFile(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.import")
	if err != nil {
		return err
	}
	var file upload
	form, err := web.ReadUpload(r, importFields, file.take)
	if err != nil {
		return err
	}
	if form.Good() {
		if file.kind = tableFile; form.Value("kind") == scheduleFile {
			file.kind = scheduleFile
		}
		if len(file.content) == 0 {
			form.Problems.Add("file", "planner.import.choose")
		} else if _, err = p.open(r, d, file); err != nil {
			if err := form.Blame(inField(err)); err != nil {
				return err
			}
		}
	}
	if !form.Good() {
		return importPage.ShowForm(w, r, form, ImportPage{d, form})
	}
	if err := p.keepFile(r, file); err != nil {
		return err
	}
	return web.Redirect(w, r, "desk.import.preview", r.PathValue("edition"), file.kind)
}

// inField gives a refusal of the file the name of its field.
func inField(err error) error {
	var told *errs.Error
	if !errors.As(err, &told) || told.Kind != errs.Invalid {
		return err
	}
	return errs.Problems{{Name: "file", Error: told}}
}

// upload is a file on its way in.
type upload struct {
	kind, name string
	content    []byte
	stamp      string // tells one upload from the next
}

func (u *upload) take(f web.File) (err error) {
	u.name = f.Name
	if u.content, err = io.ReadAll(f); err != nil {
		return fmt.Errorf("take a file: %w", err)
	}
	return nil
}

// fileKey names the draft in which a file waits for its second step: one of a kind for each person and edition.
func fileKey(r *http.Request, kind string) string { return desk.DraftName(r, "import."+kind) }

// keepFile keeps the file for the second step, packed, where drafts are: any instance of the program finds it, and
// what nobody comes back for is swept with old drafts.
func (p *Pages) keepFile(r *http.Request, u upload) error {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(u.content); err != nil {
		return fmt.Errorf("keep %s: %w", u.kind, err)
	}
	if err := zip.Close(); err != nil {
		return fmt.Errorf("keep %s: %w", u.kind, err)
	}
	now := p.Now()
	return p.Drafts.Keep(r.Context(), draft.Draft{
		Owner: web.Account(r), Form: fileKey(r, u.kind), SavedAt: now,
		Fields: map[string][]string{
			"name": {u.name}, "file": {base64.StdEncoding.EncodeToString(packed.Bytes())},
			"kept": {strconv.FormatInt(now.UnixMicro(), 36) + "-" + strconv.Itoa(len(u.content)) + "-" + sum(u.content)},
		},
	})
}

// findFile finds the file that waits, or errNoUpload.
func (p *Pages) findFile(r *http.Request) (u upload, err error) {
	u.kind = r.PathValue("kind")
	if u.kind != tableFile && u.kind != scheduleFile {
		return u, errNoUpload
	}
	kept, err := p.Drafts.Find(r.Context(), web.Account(r), fileKey(r, u.kind))
	if errors.Is(err, draft.ErrNone) {
		return u, errNoUpload
	}
	if err != nil {
		return u, err
	}
	form := web.Form{Typed: kept.Fields}
	u.name, u.stamp = form.Value("name"), form.Value("kept")
	packed, err := base64.StdEncoding.DecodeString(form.Value("file"))
	if err != nil {
		return u, fmt.Errorf("find file: %w", err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return u, fmt.Errorf("find file: %w", err)
	}
	if u.content, err = io.ReadAll(io.LimitReader(zip, mostOfFile+1)); err != nil {
		return u, fmt.Errorf("find file: %w", err)
	}
	return u, nil
}

// opened is a file that could be read: one of the two.
type opened struct {
	table    *export.TableImport
	schedule *export.Import
}

// open reads the file for the edition of d. A file that is none of ours gives the sentence that says why.
func (p *Pages) open(r *http.Request, d desk.Desk, u upload) (o opened, err error) {
	if u.kind == scheduleFile {
		read, repairs, err := schedule.Read(bytes.NewReader(u.content), u.name, schedule.Options{Location: d.Edition.Location()})
		if err != nil {
			return o, export.Refused(err)
		}
		o.schedule = &export.Import{
			Schedule: read, Repairs: repairs, Edition: d.Edition.Slug, Zone: d.Edition.Location(), By: desk.By(r),
		}
		return o, nil
	}
	sheets, err := export.ReadTable(bytes.NewReader(u.content), u.name)
	if err != nil {
		return o, err
	}
	o.table = &export.TableImport{Edition: d.Edition.Slug, Table: sheets, Words: p.Words, By: desk.By(r)}
	return o, nil
}

// printer writes in the language of r.
func (p *Pages) printer(r *http.Request) i18n.Printer {
	for _, words := range p.Words {
		if words.Lang == web.Lang(r) {
			return words
		}
	}
	return i18n.Printer{Lang: web.Lang(r)}
}
