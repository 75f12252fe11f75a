package campaign_test

import (
	"slices"
	"testing"

	"obrady/internal/admission"
	"obrady/internal/campaign"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/id"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// signUp puts people where sign-ups for a session would have brought them.
func (c *congress) signUp(session programme.SessionID, state string, names ...string) {
	c.t.Helper()
	for _, name := range names {
		_, err := c.db.Exec(c.t.Context(), `
			INSERT INTO signup_seat (session_id, account_id, edition_id, state, seq, account_key, session_key)
			VALUES ($1, $2, $3, $4, 1, $5, $6)`,
			session, c.account(name).ID, c.edition, state, id.Key(c.account(name).ID), id.Key(session))
		c.must(err)
	}
}

// opens opens the session called name to sign-ups, in a window of its own.
func (c *congress) opens(name string) admission.WindowID {
	c.t.Helper()
	w := admission.WindowID("w-" + name)
	_, err := c.db.Exec(c.t.Context(), `
		INSERT INTO admission_window (id, edition_id, name, mode, opens_at, closes_at, updated_at) VALUES ($1, $2, '{}', 'first_come', $3, $4, $3)`,
		w, c.edition, noon, noon.AddDate(0, 1, 0))
	c.must(err)
	_, err = c.db.Exec(c.t.Context(), `
		INSERT INTO admission_session (session_id, edition_id, window_id, hours, updated_at) VALUES ($1, $2, $3, '[]', $4)`,
		c.sessions[name], c.edition, w, noon)
	c.must(err)
	return w
}

func TestALetterGoesToThoseWhoStandSoInSignUps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		c.registers("ewa", "jan", "ola", "iza")
		green, moving := c.sessions["zielen"], c.sessions["ruch"]
		window := c.opens("zielen")
		c.opens("ruch")
		c.signUp(green, "held", "ewa")
		c.signUp(green, "waiting", "jan")
		c.signUp(moving, "offered", "jan")
		c.signUp(moving, "released", "ola")
		c.signUp(moving, "refused", "iza")
		house, part := rights.OfCongress(c.edition), rights.OfWorkspace(c.spaces["zielen"])
		for _, test := range []struct {
			name string
			by   string
			node rights.Node
			a    campaign.Audience
			want []string
		}{
			{"who has a seat anywhere, or is asked", "organizator", house, campaign.Audience{Seated: []campaign.Seating{campaign.WithSeat}}, []string{"ewa", "jan"}},
			{"who waits", "organizator", house, campaign.Audience{Seated: []campaign.Seating{campaign.InLine}}, []string{"jan"}},
			{"who has neither", "organizator", house, campaign.Audience{Seated: []campaign.Seating{campaign.WithNone}}, []string{"iza", "ola"}},
			{"who has a seat in a window", "organizator", house, campaign.Audience{Seated: []campaign.Seating{campaign.WithSeat}, Windows: []admission.WindowID{window}}, []string{"ewa"}},
			{"who has neither in a session", "organizator", house, campaign.Audience{Seated: []campaign.Seating{campaign.WithNone}, Places: []programme.SessionID{moving}}, []string{"ewa", "iza", "ola"}},
			{"a part of the congress writes to its own sessions alone", "partner-zielen", part, campaign.Audience{Seated: []campaign.Seating{campaign.WithSeat, campaign.InLine}}, []string{"ewa", "jan"}},
			{"and not to those of another part that it names", "partner-zielen", part, campaign.Audience{Seated: []campaign.Seating{campaign.WithSeat}, Places: []programme.SessionID{moving}}, nil},
		} {
			t.Run(test.name, func(t *testing.T) {
				one := c.draft()
				one.Node, one.Audience = test.node, test.a
				p, err := c.Preview(t.Context(), c.as(test.by), one)
				c.must(err)
				var got []string
				for _, s := range p.Samples {
					got = append(got, s.Email[:3])
				}
				slices.Sort(got)
				if p.Recipients != len(test.want) || !slices.Equal(slices.Compact(got), test.want) {
					t.Errorf("%d recipients, %v, want %v", p.Recipients, got, test.want)
				}
			})
		}
		all, err := c.Openings(t.Context(), c.edition)
		if err != nil || len(all) != 2 || len(all[0].Sessions) != 1 {
			t.Errorf("Openings = %+v, %v, want two windows with a session each", all, err)
		}
		theirs := c.draft()
		theirs.Node, theirs.Audience = part, campaign.Audience{Seated: []campaign.Seating{campaign.WithNone}}
		if err := theirs.Validate(); err == nil {
			t.Error("a partner may write to all participants who have no seat, want a refusal")
		}
	})
}
