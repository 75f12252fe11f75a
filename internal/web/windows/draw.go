package windows

import (
	"errors"
	"net/http"

	"obrady/internal/admission"
	"obrady/internal/fairness"
	"obrady/internal/web"
)

// DrawPage shows the draw of a window: what was promised before it, and what can be checked after it.
type DrawPage struct {
	windowBoard
	Lot    fairness.Lot
	Report string
}

// Done says whether it has been drawn.
func (d DrawPage) Done() bool { return !d.Lot.DrawnAt.IsZero() }

// Due says whether the hour of the draw has come.
func (d DrawPage) Due() bool {
	at := d.Window.OpensAt
	if d.Window.Mode.Collects() {
		at = d.Window.DecidesAt
	}
	return !d.Done() && d.Window.DecidedAt.IsZero() && !d.Now.Before(at)
}

var drawPage = parse[DrawPage]("draw.html")

func (p *Pages) showDraw(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	page := DrawPage{windowBoard: t, Report: p.report(t.board)}
	if t.Draws() {
		if page.Lot, err = p.lot(r, t.Window.ID); err != nil {
			return err
		}
	}
	return drawPage.Show(w, r, page)
}

// drawNow draws a window whose hour has come and which nobody has drawn yet; any other is left as it is.
func (p *Pages) drawNow(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	if t.Draws() {
		if err := p.Signups.Decide(r.Context(), t.Window.ID); err != nil {
			return err
		}
	}
	return web.Redirect(w, r, "desk.window.draw", t.Edition.Slug, t.Window.Ref())
}

// sendRecord sends the record of a draw, or admission.ErrNoWindow while there is none.
func (p *Pages) sendRecord(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	file, err := p.Signups.Record(r.Context(), t.Window.ID)
	if errors.Is(err, admission.ErrNoWindow) || err == nil && len(file) == 0 {
		return web.Redirect(w, r, "desk.window.draw", t.Edition.Slug, t.Window.Ref())
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="`+t.Edition.Slug+"-"+t.Window.Ref()+`-draw.json"`)
	_, _ = w.Write(file) // who has hung up misses nothing
	return nil
}
