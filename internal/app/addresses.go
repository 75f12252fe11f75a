package app

import (
	"obrady/internal/i18n"
	"obrady/internal/web"
)

// addresses are the pages that files lead to.
type addresses struct{ site *web.Site }

// Home is the front page.
func (a addresses) Home() string { return a.site.Absolute("/") }

// Edition is the home page of an edition.
func (a addresses) Edition(lang i18n.Lang, edition string) string {
	return a.page(lang, "edition", edition)
}

// Session is the page of a session.
func (a addresses) Session(lang i18n.Lang, edition, session string) string {
	return a.page(lang, "session", edition, session)
}

// File is a machine file of an edition.
func (a addresses) File(edition, name string) string {
	return a.site.Absolute("/" + edition + "/" + name)
}

func (a addresses) page(lang i18n.Lang, route string, args ...any) string {
	path, err := a.site.URL(lang, route, args...)
	if err != nil {
		return ""
	}
	return a.site.Absolute(path)
}
