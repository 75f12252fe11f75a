package bench

import (
	"fmt"
	"strings"

	"obrady/internal/i18n"
)

// words draws words in an order that depends on nothing but where it began.
type words struct{ state uint64 }

// next is xorshift64* (Vigna, 2016), which is random enough for made-up titles.
func (w *words) next(n int) int {
	w.state ^= w.state >> 12
	w.state ^= w.state << 25
	w.state ^= w.state >> 27
	return int((w.state * 2685821657736338717) >> 33 % uint64(n)) //nolint:gosec // less than n
}

var (
	polish = strings.Fields(`miasto mieszkańcy przestrzeń zieleń transport rowery piesi mieszkalnictwo rewitalizacja
		klimat adaptacja retencja powietrze energia dostępność partycypacja samorząd metropolia gmina powiat śródmieście
		osiedle sąsiedztwo kultura dziedzictwo edukacja młodzież seniorzy zdrowie bezpieczeństwo finanse inwestycje
		planowanie urbanistyka architektura krajobraz rzeka kolej tramwaj przystanek ulica plac park podwórko szkoła
		biblioteka rynek handel usługi praca innowacje cyfryzacja dane współpraca partnerstwo strategia polityka
		wdrożenie ocena doświadczenie praktyka błąd nauka badania wspólnota różnorodność równość odporność ład jakość
		życie źdźbło ćwiczenie łąka świetlica ścieżka żłobek`)
	english = strings.Fields(`city residents space greenery transport cycling walking housing renewal climate adaptation
		retention air energy access participation council metropolis district centre estate neighbourhood culture
		heritage education youth elders health safety finance investment planning design architecture landscape river
		railway tram stop street square park courtyard school library market trade services work innovation data
		cooperation partnership strategy policy delivery evaluation experience practice failure learning research
		community diversity equality resilience order quality life`)
	joints = strings.Fields(`i w na dla oraz bez przez po do z`)
	given  = strings.Fields(`Anna Łukasz Żaneta Jan Świętosława Piotr Małgorzata Grażyna Michał Ewa Józef Zofia Ścibor Hanna
		Tomasz Agnieszka Paweł Krystyna Wojciech Elżbieta`)
	family = strings.Fields(`Przykładna Wzór Próba Łąkowa Źródło Ćwik Żuraw Śliwa Zmyślona Dębowa Kłos Jesion Wierzba Olszyna
		Gołąb Szpak Sikora Bór Rzeka Polana`)
)

// name is the n-th name; no two are the same.
func (w *words) name(n int) string {
	round := n / (len(given) * len(family))
	name := given[n%len(given)] + " " + family[n/len(given)%len(family)]
	if round > 0 {
		name += fmt.Sprintf("-%s", family[(n+round*7)%len(family)]) + strings.Repeat("a", round-1)
	}
	return name
}

func (w *words) phrase(from []string, n int) string {
	picked := make([]string, n)
	for i := range picked {
		picked[i] = from[w.next(len(from))]
	}
	if n > 4 {
		picked[2] = joints[w.next(len(joints))]
	}
	phrase := []rune(strings.Join(picked, " "))
	return strings.ToUpper(string(phrase[:1])) + string(phrase[1:])
}

func (g *generator) title() i18n.Text {
	return i18n.Text{PL: g.words.phrase(polish, 5), EN: g.words.phrase(english, 4)}
}

func (g *generator) sentence() i18n.Text {
	return i18n.Text{PL: g.words.phrase(polish, 18) + ".", EN: g.words.phrase(english, 16) + "."}
}

// prose is n paragraphs, in Polish alone where the words fall so: then the English page falls back.
func (g *generator) prose(n int) i18n.Text {
	var t i18n.Text
	inEnglish := g.words.next(4) > 0
	for range n {
		for range 3 {
			t.PL += g.words.phrase(polish, 14) + ". "
			if inEnglish {
				t.EN += g.words.phrase(english, 13) + ". "
			}
		}
		t.PL = strings.TrimSpace(t.PL) + "\n\n"
		if inEnglish {
			t.EN = strings.TrimSpace(t.EN) + "\n\n"
		}
	}
	return i18n.Text{PL: strings.TrimSpace(t.PL), EN: strings.TrimSpace(t.EN)}
}
