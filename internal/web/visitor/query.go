package visitor

import (
	"net/url"
	"strings"

	"obrady/internal/i18n"
)

// parameter is one question that an address can carry. Each is understood by both of its names, so that the
// switch to the other language keeps it.
type parameter struct{ pl, en string }

var (
	byBlock    = parameter{"blok", "block"}
	byStage    = parameter{"scena", "stage"}
	byTheme    = parameter{"temat", "theme"}
	byGoal     = parameter{"cel", "goal"}
	byFormat   = parameter{"format", "format"}
	byLanguage = parameter{"jezyk", "language"}
	byPlace    = parameter{"miejsce", "place"}
	byForm     = parameter{"udzial", "form"}
	byDay      = parameter{"dzien", "day"}

	layoutOf  = parameter{"uklad", "layout"}
	densityOf = parameter{"gestosc", "density"}
	momentOf  = parameter{"o", "at"}
	chosenOf  = parameter{"sesje", "sessions"}
	versionOf = parameter{"wersja", "version"}
)

var (
	filterQuery  = names(byBlock, byStage, byTheme, byGoal, byFormat, byLanguage, byPlace, byForm)
	dayQuery     = append(names(layoutOf, densityOf), filterQuery...)
	listQuery    = append(append(names(byDay), filterQuery...), "page")
	atQuery      = names(momentOf)
	chosenQuery  = names(chosenOf)
	versionQuery = names(versionOf)
)

func names(all ...parameter) (list []string) {
	for _, p := range all {
		list = append(list, p.pl)
		if p.en != p.pl {
			list = append(list, p.en)
		}
	}
	return list
}

func (p parameter) in(lang i18n.Lang) string {
	if lang == i18n.English {
		return p.en
	}
	return p.pl
}

// value is what a query says for p.
func (p parameter) value(query url.Values) string {
	if given := query.Get(p.pl); given != "" {
		return given
	}
	return query.Get(p.en)
}

// with is path with the query changed in one point, in the words of lang; an empty value takes it away.
func (p parameter) with(lang i18n.Lang, at *url.URL, value string) string {
	query := at.Query()
	query.Del(p.pl)
	query.Del(p.en)
	query.Del("page")
	if value != "" {
		query.Set(p.in(lang), value)
	}
	if len(query) == 0 {
		return at.EscapedPath()
	}
	return at.EscapedPath() + "?" + strings.ReplaceAll(query.Encode(), "%2C", ",")
}
