package kaleidoscope

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNearnessIsInWordsThatAreRareAndShared(t *testing.T) {
	all := []Words{
		{Title: "Drzewa przy ulicach miasta", Text: "Badanie pokazuje, ile cienia daje jedno drzewo.", Lang: "pl"},
		{Title: "Sadzenie drzew", Text: "Badanie pokazuje koszty.", Lang: "pl"},
		{Title: "Nocny tramwaj", Text: "Badanie pokazuje, kto jeździ po północy.", Lang: "pl"},
		{Title: "Trees beside streets", Text: "How much shade one tree gives.", Lang: "en"},
		{Title: "", Text: "", Lang: "pl"},
	}
	themes := Compare(all)
	for _, test := range []struct {
		name      string
		near, far [2]int
	}{
		{"another form of the same word", [2]int{0, 1}, [2]int{0, 2}},
		{"a word that nearly everybody uses counts little", [2]int{0, 1}, [2]int{1, 2}},
		{"nothing said, nothing shared", [2]int{1, 2}, [2]int{2, 4}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if near, far := themes.Near(test.near[0], test.near[1]), themes.Near(test.far[0], test.far[1]); near <= far {
				t.Errorf("Near(%v) = %d, Near(%v) = %d, want the first nearer", test.near, near, test.far, far)
			}
		})
	}
	if got := themes.Shared(1, []int{0, 1, 2}); !slices.Equal(got, []string{"drzew"}) {
		t.Errorf("Shared = %v, want drzew", got)
	}
	for i := range all {
		for j := range all {
			if got := themes.Near(i, j); got != themes.Near(j, i) || got < 0 || got > whole {
				t.Errorf("Near(%d, %d) = %d, want the same both ways, of at most %d", i, j, got, whole)
			}
		}
	}
}

// A call of a hundred accepted abstracts of two hundred words is compared while somebody waits.
func TestAHundredAbstractsAreComparedInAMoment(t *testing.T) {
	letters := []rune("abcdefghijklmnoprstuwyz")
	var all []Words
	for i := range 100 {
		var text strings.Builder
		for j := range 200 {
			n := (i*7919 + j*104729) % 4001
			fmt.Fprintf(&text, "%c%c%c%c%cowanie ", letters[n%23], letters[n/23%23], letters[(n*7)%23], letters[(n*3+1)%23], letters[(n+i%5)%23])
		}
		all = append(all, Words{Title: "Wystąpienie", Text: text.String(), Lang: "pl"})
	}
	began := time.Now()
	Compare(all)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v, want a moment", took)
	} else {
		t.Logf("%v", took)
	}
}
