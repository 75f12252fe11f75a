package web

import "obrady/internal/i18n"

// Addresses tell what is made outside of a page, such as a calendar or a schedule, where things of the site stand. All
// are full addresses; one whose page is not in the table is empty, and the file says nothing of it.
type Addresses struct{ Site *Site }

// Home is the site itself, as its operator gave it.
func (a Addresses) Home() string { return a.Site.Absolute("") }

// Edition is the home page of an edition.
func (a Addresses) Edition(lang i18n.Lang, edition string) string {
	return a.page(lang, "edition", edition)
}

// Session is the page of a session.
func (a Addresses) Session(lang i18n.Lang, edition, session string) string {
	return a.page(lang, "session", edition, session)
}

// File is a machine file of an edition.
func (a Addresses) File(edition, name string) string {
	return a.Site.Absolute("/" + edition + "/" + name)
}

func (a Addresses) page(lang i18n.Lang, route string, args ...any) string {
	path, err := a.Site.URL(lang, route, args...)
	if err != nil {
		return ""
	}
	return a.Site.Absolute(path)
}
