package organiser

import (
	"context"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/web"
)

// creditControl asks who stands behind something.
func creditControl() control {
	return control{Name: "credits", As: asRows, Key: "organiser.credit.list", Help: "organiser.credit.help", Rows: []control{
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
	for row := range rowsOf(f, "credit_institution") {
		c := edition.Credit{
			Institution: people.InstitutionID(column(f, "credit_institution", row)),
			Role:        edition.CreditRole(column(f, "credit_role", row)),
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
func (p *Pages) creditChoices(ctx context.Context) (map[string][]choice, error) {
	institutions, err := p.institutionChoices(ctx)
	if err != nil {
		return nil, err
	}
	return map[string][]choice{
		"credit_institution": orNone("organiser.form.none", institutions), "credit_role": orNone("organiser.form.none", choices(edition.CreditRoles)),
	}, nil
}

// institutionChoices offers every institution in the order of names.
func (p *Pages) institutionChoices(ctx context.Context) ([]choice, error) {
	all, err := p.People.Institutions(ctx)
	if err != nil {
		return nil, err
	}
	offered := make([]choice, len(all))
	for i, one := range all {
		offered[i] = choice{Value: string(one.ID), Words: one.Name}
		if one.Short != "" {
			offered[i] = choice{Value: string(one.ID), Plain: one.Short + " – " + one.Name.PL}
		}
	}
	return offered, nil
}
