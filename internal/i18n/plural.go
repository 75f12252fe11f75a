package i18n

import (
	"fmt"
	"slices"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// needed names the forms that whole numbers take. Polish fractions take
// "other", which may be given too.
var needed = map[Lang][]string{
	Polish:  {"one", "few", "many"},
	English: {"one", "other"},
}

func checkForms(lang Lang, forms map[string]string) error {
	for _, name := range needed[lang] {
		if _, ok := forms[name]; !ok {
			return fmt.Errorf("the plural form %q is missing", name)
		}
	}
	for name := range forms {
		if name != "other" && !slices.Contains(needed[lang], name) {
			return fmt.Errorf("%q is not a plural form of this language", name)
		}
	}
	return nil
}

// plurals tells the name of the form for a number, in each language.
type plurals map[Lang]func(n int) string

// newPlurals asks go-i18n for the rules of CLDR: a message whose text in every
// form is the name of that form.
func newPlurals() plurals {
	names := &goi18n.Message{ID: "form", One: "one", Few: "few", Many: "many", Other: "other"}
	bundle := goi18n.NewBundle(language.Polish)
	all := plurals{}
	for _, lang := range Langs {
		bundle.MustAddMessages(language.Make(string(lang)), names)
		localizer := goi18n.NewLocalizer(bundle, string(lang))
		all[lang] = remembered(func(n int) string {
			return localizer.MustLocalize(&goi18n.LocalizeConfig{
				MessageID: "form", PluralCount: n, TemplateParser: template.IdentityParser{},
			})
		})
	}
	return all
}

// remembered answers for small numbers, which are nearly all, from a table.
func remembered(form func(int) string) func(int) string {
	var small [256]string
	for n := range small {
		small[n] = form(n)
	}
	return func(n int) string {
		if n >= 0 && n < len(small) {
			return small[n]
		}
		return form(n)
	}
}
