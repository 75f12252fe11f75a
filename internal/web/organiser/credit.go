package organiser

import (
	"context"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// creditControl asks who stands behind something.
func creditControl() desk.Control {
	return desk.Control{Name: "credits", As: desk.AsRows, Key: "organiser.credit.list", Help: "organiser.credit.help", Rows: []desk.Control{
		{Name: "credit_institution", Key: "organiser.credit.institution"},
		{Name: "credit_role", Key: "organiser.credit.role"},
	}}
}

func fillCredits(f *web.Form, credits []edition.Credit) {
	var institutions, roles []string
	for _, c := range credits {
		institutions, roles = append(institutions, string(c.Institution)), append(roles, string(c.Role))
	}
	f.Set("credit_institution", institutions...)
	f.Set("credit_role", roles...)
}

// readCredits reads the rows in which an institution was chosen.
func readCredits(f *web.Form) (credits []edition.Credit) {
	for row := range desk.RowsOf(f, "credit_institution") {
		c := edition.Credit{
			Institution: people.InstitutionID(desk.CellAt(f, "credit_institution", row)),
			Role:        edition.CreditRole(desk.CellAt(f, "credit_role", row)),
		}
		switch {
		case c.Institution == "":
		case !slices.Contains(edition.CreditRoles, c.Role):
			f.Problems.Add("credits", "edition.role_unknown")
		default:
			credits = append(credits, c)
		}
	}
	return credits
}

// creditChoices are the answers that rows of credits offer.
func (p *Pages) creditChoices(ctx context.Context, d desk.Desk) (map[string][]desk.Choice, error) {
	institutions, err := p.institutionChoices(ctx, d)
	if err != nil {
		return nil, err
	}
	return map[string][]desk.Choice{
		"credit_institution": desk.OrNone("desk.form.none", institutions), "credit_role": desk.OrNone("desk.form.none", desk.Choices(edition.CreditRoles)),
	}, nil
}

// institutionChoices offers the institutions that whoever asks may name.
func (p *Pages) institutionChoices(ctx context.Context, d desk.Desk) ([]desk.Choice, error) {
	all, err := p.nameable(ctx, d)
	if err != nil {
		return nil, err
	}
	offered := make([]desk.Choice, len(all))
	for i, one := range all {
		offered[i] = desk.Choice{Value: string(one.ID), Words: one.Name}
		if one.Short != "" {
			offered[i] = desk.Choice{Value: string(one.ID), Plain: one.Short + " – " + one.Name.PL}
		}
	}
	return offered, nil
}

func (p *Pages) nameable(ctx context.Context, d desk.Desk) ([]people.Institution, error) {
	if !d.In() {
		return p.People.Institutions(ctx)
	}
	working, err := p.Timetable.Working(ctx, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	return working.Institutions, nil
}
