package e2e

import (
	"regexp"
	"testing"
)

var placed = regexp.MustCompile(`/kpm-2021/sessions/[a-z0-9-]+\.ics`)

// sessionWith finds on the pages of the programme the address of a session's machine file.
func sessionWith(t *testing.T, s *server, ending string) string {
	t.Helper()
	list := s.fetch(t, "/pl/kpm-2021/program/2021-06-07")
	for _, found := range regexp.MustCompile(`href="(/pl/kpm-2021/sesje/[a-z0-9-]+)"`).FindAllSubmatch(list, 20) {
		if file := placed.Find(s.fetch(t, string(found[1]))); file != nil {
			return string(file)
		}
	}
	t.Fatalf("no session page leads to a file %s", ending)
	return ""
}
