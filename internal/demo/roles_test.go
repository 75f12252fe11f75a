package demo_test

import (
	"slices"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/demo"
	"obrady/internal/people"
	"obrady/internal/rights"
)

func TestTheDemoHasSomebodyInEachRole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		if _, err := demo.Cast(t.Context(), d, today); err != nil {
			t.Fatal(err)
		}
		before := countGrants(t, d)
		cast, err := demo.Cast(t.Context(), d, today)
		if err != nil {
			t.Fatalf("the second casting = %v, want nothing to do", err)
		}
		if after := countGrants(t, d); after != before {
			t.Errorf("%d grants after the second casting, want %d", after, before)
		}
		allowed := rights.NewService(d, today)
		var shown []rights.Role
		for _, p := range cast {
			shown = append(shown, p.Role)
			if !strings.HasSuffix(p.Email, ".example") || !strings.HasSuffix(p.Name, "(przykład)") {
				t.Errorf("%s <%s> could be somebody", p.Name, p.Email)
			}
			account, err := people.AccountOf(t.Context(), d, p.Email)
			if err != nil {
				t.Fatal(err)
			}
			standing, err := allowed.Standing(t.Context(), account.ID)
			if err != nil {
				t.Fatal(err)
			}
			has := slices.ContainsFunc(standing.Grants, func(g rights.Grant) bool { return g.Role == p.Role })
			if !has {
				t.Errorf("%s has %+v, want the role", p.Email, standing.Grants)
			}
		}
		for _, role := range rights.Roles {
			if !slices.Contains(shown, role) {
				t.Errorf("nobody shows the role %s", role)
			}
		}
	})
}

func countGrants(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM rights_grant`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
