package proceedings_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/proceedings"
)

func titles(d proceedings.Document) (all []string) {
	for _, e := range d.Entries {
		all = append(all, e.Title)
	}
	return all
}

// Whatever the council thinks, a volume tells nothing that its authors have not been told.
func TestNothingComesInBeforeItIsAnnounced(t *testing.T) {
	each(t, func(p *press) {
		river, _ := p.sent("Anna Rzeczna", "Rzeka")
		p.volume()
		states := []call.State{call.Submitted, call.Eligible, call.UnderReview, call.Decided}
		for i := range states {
			if i > 0 {
				p.goes(river, states[i-1], states[i])
			}
			if got := titles(p.preview().Document); got != nil {
				t.Errorf("a submission that is %s stands in the volume: %v", states[i], got)
			}
		}
		_, err := p.volumes.Publish(t.Context(), "desk", p.call.ID, p.preview().Digest)
		p.want(proceedings.ErrEmpty, err)
		p.goes(river, call.Decided, call.Accepted)
		e := p.preview().Document.Entries[0]
		if e.Abstract != "Abstrakt: Rzeka" || !cmp.Equal(e.Keywords, []string{"woda", "miasto", "ludzie"}) || e.Path.PL != "Woda" || e.Authors[0].Name != "Anna Rzeczna" {
			t.Errorf("the contribution is %+v", e)
		}
	})
}

func TestAVolumeIsFrozenAndCorrectedByTheNextVersion(t *testing.T) {
	each(t, func(p *press) {
		ctx := t.Context()
		river, _ := p.sent("Anna Rzeczna", "Rzeka")
		tram, _ := p.sent("Jan Szynowy", "Tramwaj")
		p.accepted(river)
		p.volume()
		p.publish()
		seen := p.preview().Digest
		_, err := p.volumes.Publish(ctx, "desk", p.call.ID, seen)
		p.want(proceedings.ErrSame, err)

		p.accepted(tram)
		_, err = p.volumes.Publish(ctx, "desk", p.call.ID, seen)
		p.want(proceedings.ErrChanged, err)
		if got := titles(p.onShelf().Document); !cmp.Equal(got, []string{"Rzeka"}) {
			t.Errorf("what was published reads %v, want it as it was", got)
		}
		p.must(p.volumes.SetMark(ctx, "desk", p.call.ID, proceedings.Mark{Submission: river.ID, DOI: "10.12345/1", Pages: "3–4"}))
		for _, wrong := range []proceedings.Mark{{Submission: river.ID, DOI: "10.99999/1"}, {Submission: river.ID, DOI: "żółw"}, {Submission: river.ID, Pages: "<b>"}} {
			if err := p.volumes.SetMark(ctx, "desk", p.call.ID, wrong); err == nil {
				t.Errorf("%+v was taken", wrong)
			}
		}
		p.publish()
		p.goes(tram, call.Accepted, call.Declined)
		p.publish()

		v := p.onShelf()
		var told []string
		for _, c := range v.History[0].Changes {
			told = append(told, string(c.Kind)+" "+c.Code)
		}
		for _, c := range v.History[1].Changes {
			told = append(told, string(c.Kind)+" "+c.Code+" "+strings.Join(c.Parts, ","))
		}
		if want := []string{"withdrawn AB-2", "corrected AB-1 numbers", "added AB-2 "}; !cmp.Equal(told, want) {
			t.Errorf("the versions changed %v, want %v", told, want)
		}
		gone := v.Document.Entries[1]
		if !gone.Withdrawn || gone.Title != "Tramwaj" || gone.Abstract != "" || gone.Authors != nil || len(v.Document.Standing()) != 1 {
			t.Errorf("what was withdrawn leaves %+v, want a line with its title", gone)
		}
		p.soundOr(t)
	})
}

// soundOr fails when the check of what is stored finds anything.
func (p *press) soundOr(t *testing.T) {
	t.Helper()
	faults, err := proceedings.Check(t.Context(), p.db)
	if err != nil || len(faults) > 0 {
		t.Errorf("the check finds %v, %v, want nothing", faults, err)
	}
}

func TestAnErasureReachesEveryVersion(t *testing.T) {
	each(t, func(p *press) {
		ctx := t.Context()
		river, anna := p.sent("Anna Rzeczna", "Rzeka")
		tram, _ := p.sent("Jan Szynowy", "Tramwaj")
		p.accepted(river)
		p.volume()
		p.publish()
		p.accepted(tram)
		p.publish()
		mark := p.shelf.Generation()
		s := people.Subject{Account: anna.ID, Email: anna.Email}
		kept, err := proceedings.Collect(ctx, p.db, s)
		if err != nil || len(kept.Rows) != 2 {
			t.Errorf("of her is kept %v, %v, want both versions", kept.Rows, err)
		}
		p.must(p.db.Tx(ctx, func(tx *db.Tx) error {
			gone, err := proceedings.Erase(ctx, tx, s, p.at)
			if err == nil && gone[0].Gone != 2 {
				t.Errorf("the erasure tells %+v, want two", gone)
			}
			return err
		}))
		var left int
		p.must(p.db.QueryRow(ctx, `SELECT COUNT(*) FROM proceedings_version WHERE CAST(document AS TEXT) LIKE '%Rzeczna%' OR CAST(document AS TEXT) LIKE $1`, "%"+string(anna.ID)+"%").Scan(&left))
		if left != 0 {
			t.Errorf("%d versions still name her", left)
		}
		p.must(p.shelf.Refresh(ctx))
		if p.shelf.Generation() == mark || p.onShelf().Document.Entries[0].Authors[0].Name != "N.N." || p.onShelf().Document.Entries[1].Authors[0].Name != "Jan Szynowy" {
			t.Errorf("the public reads %+v, want N.N. beside the other", p.onShelf().Document.Entries)
		}
		p.soundOr(t)
	})
}

func TestTheCheckFindsWhatWasTamperedWith(t *testing.T) {
	each(t, func(p *press) {
		river, _ := p.sent("Anna Rzeczna", "Rzeka")
		p.accepted(river)
		p.volume()
		p.publish()
		p.soundOr(t)
		for _, damage := range []string{
			`UPDATE proceedings_version SET digest = 'x'`, `UPDATE proceedings_volume SET version = 2`,
		} {
			if _, err := p.db.Exec(t.Context(), damage); err != nil {
				t.Fatal(err)
			}
		}
		faults, err := proceedings.Check(t.Context(), p.db)
		if err != nil || len(faults) != 2 {
			t.Errorf("the check finds %v, %v, want both", faults, err)
		}
	})
}

func TestTwoWhoEditOneVolumeLoseNothing(t *testing.T) {
	each(t, func(p *press) {
		v := p.volume()
		second := v
		_, err := p.volumes.Save(t.Context(), "desk", v)
		p.must(err)
		_, err = p.volumes.Save(t.Context(), "desk", second)
		p.want(proceedings.ErrChanged, err)
		_, err = p.volumes.Save(t.Context(), "desk", proceedings.Volume{Call: p.call.ID, About: v.About})
		p.want(proceedings.ErrChanged, err)
	})
}
