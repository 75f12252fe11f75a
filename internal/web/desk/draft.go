package desk

import (
	"net/http"
	"strings"

	"obrady/internal/errs"
	"obrady/internal/web"
)

var errNoForm = errs.New(errs.NotFound, "desk.draft.no_form")

// MostOfForm is how many bytes the largest forms of the desk may have: a session with all its texts and parts.
const MostOfForm = 1 << 20

// DraftRoutes are the addresses that take drafts of every form of the desk while somebody types.
func (p *Kit) DraftRoutes() []web.Route {
	row := func(name, pl, en string, handle web.Handler) web.Route {
		return web.Route{Name: name, Method: http.MethodPost, PL: pl, EN: en, Action: OwnAccount, Who: web.SignedIn, Body: MostOfForm, Handle: handle}
	}
	return []web.Route{
		row("desk.draft", "/{edition}/biurko/szkice/{form}", "/{edition}/desk/drafts/{form}", p.keepDraft),
		row("desk.draft.drop", "/{edition}/biurko/szkice/{form}/odrzuc", "/{edition}/desk/drafts/{form}/drop", p.dropDraft),
		row("desk.new-draft", "/biurko/szkice/{form}", "/desk/drafts/{form}", p.keepDraft),
		row("desk.new-draft.drop", "/biurko/szkice/{form}/odrzuc", "/desk/drafts/{form}/drop", p.dropDraft),
	}
}

// DraftName is the name under which the draft of the form key is kept: that of the edition and key.
func DraftName(r *http.Request, key string) string { return r.PathValue("edition") + "/" + key }

// keepDraft takes what a script sends while somebody types.
func (p *Kit) keepDraft(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("form")
	kind, _, _ := strings.Cut(key, ".")
	fields, known := draftable[kind]
	if !known {
		return errNoForm
	}
	form, err := web.ReadForm(r, fields)
	if err != nil {
		return err
	}
	if err := p.Keep(r, key, form); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// backFields names the one field of the button that throws a draft away.
var backFields = web.Fields{"back": "desk.draft.drop"}

func (p *Kit) dropDraft(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, backFields)
	if err != nil {
		return err
	}
	if err := p.Drop(r, r.PathValue("form")); err != nil {
		return err
	}
	web.Flash(r, "desk.draft.dropped")
	return web.RedirectTo(w, r, form.Value("back"))
}
