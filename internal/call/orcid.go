package call

import "strings"

// ORCID brings an ORCID iD into the form in which it is printed and kept; ok is
// false for what is none. People paste it with the address before it or without
// the hyphens. The last sign is the check of ISO 7064 MOD 11-2, see
// https://support.orcid.org/hc/en-us/articles/360006897674.
func ORCID(typed string) (id string, ok bool) {
	s := strings.TrimSpace(typed)
	for _, before := range []string{"https://", "http://", "orcid.org/"} {
		s = strings.TrimPrefix(s, before)
	}
	s = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(s))
	if len(s) != 16 {
		return "", false
	}
	total := 0
	for _, r := range s[:15] {
		if r < '0' || r > '9' {
			return "", false
		}
		total = (total + int(r-'0')) * 2
	}
	check := (12 - total%11) % 11
	want := byte('0' + check)
	if check == 10 {
		want = 'X'
	}
	if s[15] != want {
		return "", false
	}
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:], true
}
