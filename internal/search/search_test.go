package search

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Titles and names of public programmes.
var programme = Build([]Document{
	{ID: "recykling", Title: "Bioodpady kluczem do osiągnięcia poziomów recyklingu?"},
	{ID: "mobilnosc", Title: "Jak planować mobilność?"},
	{ID: "zielen", Title: "Efektywne zarządzanie nieruchomościami w celu zwiększenia potencjału adaptacyjnego miast do zmian klimatu oraz poprawy jakości życia mieszkańców – rola zieleni"},
	{ID: "infogzm", Title: "Metropolitalne Obserwatorium Społeczno-Ekonomiczne GZM „infoGZM”"},
	{ID: "mlodzi", Title: "Młodzi robią Metropolię – spotkanie konsultacyjne podsumowujące prace nad roboczą wersją raportu"},
	{ID: "wtop", Title: "Noc wtop"},
	{ID: "lands", Lang: "en", Title: "Forgotten territories – policies towards forgotten lands"},
	{ID: "empatia", Title: "Empatyczne kształtowanie przestrzeni miejskich", Fields: []Field{{Text: "Joanna Jaskułowska – Krajowa Izba Architektów Polskich", Weight: 2}}},
	{ID: "urbact", Title: "Doświadczenia miast realizujących projekty URBACT w Polsce"},
	{ID: "zamowienia", Title: "Zamówienia publiczne"},
	{ID: "dostepne", Title: "Miasto dostępne"},
	{ID: "wlaczenie", Title: "Włączenie społeczne"},
	{ID: "newurbpact", Title: "Konferencja NewUrbPact: Kształtowanie przestrzeni w warunkach suburbanizacji i kurczenia się miast"},
	{ID: "kpm", Title: "Krajowa polityka miejska"},
	{ID: "klimat", Title: "Środowisko i adaptacja do zmian klimatu"},
	{ID: "budzet", Title: "Budżet obywatelski", Fields: []Field{{Text: "Konsultacje społeczne z uczestnikami w Łodzi. Zgłoszenia do 30 czerwca."}}},
	{ID: "smart", Lang: "en", Title: "Smart cities", Fields: []Field{{Text: "5G networks and planning in urban areas"}}},
	{ID: "powietrze", Title: "Powietrze miejskie czyni wolnym?"},
	{ID: "rewitalizacja", Title: "Rewitalizacja"},
	{ID: "mieszkanie", Title: "Grunt to mieszkanie – analiza potencjału mieszkaniowego nieruchomości – od czego zacząć?"},
	{ID: "wegrzyn", Kind: "person", Title: "Mariusz Węglorz", Fields: []Field{{Text: "Radlin, Referat Funduszy Zewnętrznych"}}},
	{ID: "jarosinska", Kind: "person", Title: "Małgorzata Jarosińska-Jedynak", Fields: []Field{{Text: "Ministerstwo Funduszy i Polityki Regionalnej"}}},
	{ID: "um", Kind: "person", Title: "Daniel Baliński", Fields: []Field{{Text: "UM Kielce, system informacji, samorząd"}}},
	{ID: "lodz", Title: "Łódź: drogi, kolej i tramwaje"},
})

func TestFind(t *testing.T) {
	for _, test := range []struct{ query, want string }{
		{"recykling", "recykling"},
		{"poziom recyklingu", "recykling"},
		{"mobilnosci", "mobilnosc"},
		{"MOBILNOŚĆ", "mobilnosc"},
		{"mobilnosc\u0301", "mobilnosc"},
		{"mieszkancow", "zielen"},
		{"mieszkańcy", "zielen"},
		{"mieszkaniec", "zielen"},
		{"mieszkańcami", "zielen"},
		{"nieruchomość zarządzania", "zielen"},
		{"miasto", "dostepne"},
		{"miasta", "dostepne"},
		{"miastach", "dostepne"},
		{"miast", "dostepne"},
		{"mieście", "dostepne"},
		{"miescie", "dostepne"},
		{"miastem", "dostepne"},
		{"miasto klimat", "zielen"},
		{"klimacie", "klimat"},
		{"zmiana klimatu", "klimat"},
		{"srodowiska", "klimat"},
		{"obserwatoria", "infogzm"},
		{"gzm", "infogzm"},
		{"infogzm", "infogzm"},
		{"metropolii", "mlodzi"},
		{"raport", "mlodzi"},
		{"konsultacjach społecznych", "budzet"},
		{"uczestnicy", "budzet"},
		{"uczestnik", "budzet"},
		{"budżecie obywatelskim", "budzet"},
		{"zgłoszenie", "budzet"},
		{"lodz", "lodz"},
		{"łodzi", "lodz"},
		{"droga", "lodz"},
		{"drodze", "lodz"},
		{"kolei", "lodz"},
		{"tramwajów", "lodz"},
		{"polityce miejskiej", "kpm"},
		{"polityka miejska", "kpm"},
		{"Polska", "urbact"},
		{"projekt urbact", "urbact"},
		{"architekt", "empatia"},
		{"jaskulowska", "empatia"},
		{"jaskułowskiej", "empatia"},
		{"przestrzeń empatyczna", "empatia"},
		{"suburbanizacja", "newurbpact"},
		{"rewitalizacji", "rewitalizacja"},
		{"rewital", "rewitalizacja"},
		{"zamowien", "zamowienia"},
		{"publiczn", "zamowienia"},
		{"nocy", "wtop"},
		{"city", "smart"},
		{"smart city", "smart"},
		{"5G", "smart"},
		{"network", "smart"},
		{"policy land", "lands"},
		{"territory", "lands"},
		{"30 czerwca", "budzet"},
		{"um", "um"},
		{"UM Kielcach", "um"},
		{"systemy", "um"},
		{"samorządzie", "um"},
		{"baliński", "um"},
		{"weglorza", "wegrzyn"},
		{"jarosinska jedynak", "jarosinska"},
		{"Jarosińska-Jed", "jarosinska"},
		{"powietrzu", "powietrze"},
		{"mieszkaniach", "mieszkanie"},
		{"wolność albo recykling", "recykling"},
		{"włączenia%", "wlaczenie"},
		{`NEAR("rewitalizacja")`, "rewitalizacja"},

		{"", ""},
		{"%", ""},
		{"'", ""},
		{`"\*`, ""},
		{"w i na oraz", ""},
		{"kosmodrom", ""},
		{"xyz", ""},
		{"(.*)+$", ""},
		{"\xff\xfe", ""},
		{"mieszkanka planety Zorg", ""},
		{strings.Repeat("ż", 10_000), ""},
		{strings.Repeat("q ", 5_000), ""},
		{strings.Repeat("'; DROP TABLE qqq; -- ", 500), ""},
	} {
		t.Run(fmt.Sprintf("%.30q finds %s", test.query, test.want), func(t *testing.T) {
			var got []string
			for _, hit := range programme.Find(test.query, 3) {
				got = append(got, hit.ID)
			}
			if test.want == "" && len(got) > 0 || test.want != "" && !slices.Contains(got, test.want) {
				t.Errorf("Find(%.60q) = %q, want %q among them", test.query, got, test.want)
			}
		})
	}
}

func TestWhatIsNotFound(t *testing.T) {
	for _, test := range []struct{ query, not string }{
		{"mieszkanie", "zielen"},       // speaks of residents, not of dwellings
		{"polityka miejska", "smart"},  // all words beat any word
		{"rewitalizacja", "mobilnosc"}, // nothing in common
		{"noc", "newurbpact"},          // not in the middle of a word
		{"kolejny", "lodz"},            // next is no railway
		{"droga", "mobilnosc"},
	} {
		found := slices.ContainsFunc(programme.Find(test.query, 100), func(h Hit) bool { return h.ID == test.not })
		if found {
			t.Errorf("Find(%q) holds %s", test.query, test.not)
		}
	}
}

func TestRanking(t *testing.T) {
	x := Build([]Document{
		{ID: "c", Title: "Inne", Fields: []Field{{Text: "transport i rower"}}},
		{ID: "b", Title: "Transport"},
		{ID: "a", Title: "Transport"},
		{ID: "d", Title: "Transporty"},
		{ID: "e", Title: "Rower"},
	})
	for _, test := range []struct {
		name, query string
		want        []string
	}{
		{"the title first, equals by identifier", "transport ", []string{"a", "b", "d", "c"}},
		{"all words", "transport rower", []string{"c"}},
		{"else any word", "rower samolot", []string{"e", "c"}},
		{"the word as typed before its kin", "transporty", []string{"d", "a", "b", "c"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, hit := range x.Find(test.query, 10) {
				got = append(got, hit.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Find(%q) (-want +got):\n%s", test.query, diff)
			}
		})
	}
	if got := len(x.Find("transport", 2)); got != 2 {
		t.Errorf("Find with limit 2 = %d hits", got)
	}
	if got := len(x.Find("transport", -1)); got != 0 {
		t.Errorf("Find with limit -1 = %d hits", got)
	}
}

func TestMarks(t *testing.T) {
	title := "Miasto dostępne"
	hit := programme.Find("dostepnych miast", 1)[0]
	var got []string
	for _, mark := range hit.Marks {
		got = append(got, title[mark.From:mark.To])
	}
	if diff := cmp.Diff([]string{"Miasto", "dostępne"}, got); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	if got := programme.Mark("klimat", "O klimacie i o KLIMATU"); len(got) != 1 {
		t.Errorf("Mark = %v, want the one form that stands in the index", got)
	}
}

// Every word of a document finds it, as it stands, without its marks, in capitals.
func TestEveryWordFindsItsDocument(t *testing.T) {
	syllable := rapid.SampledFrom([]string{"ża", "mia", "sto", "łó", "dź", "rze", "wy", "ńcy", "gą", "5", "ści", "em", "ek", "ü"})
	rapid.Check(t, func(t *rapid.T) {
		var docs []Document
		for i := range rapid.IntRange(1, 8).Draw(t, "documents") {
			var title []string
			for range rapid.IntRange(1, 5).Draw(t, "words") {
				title = append(title, strings.Join(rapid.SliceOfN(syllable, 2, 5).Draw(t, "word"), ""))
			}
			docs = append(docs, Document{ID: fmt.Sprint(i), Title: strings.Join(title, " ")})
		}
		x := Build(docs)
		for _, doc := range docs {
			for _, word := range words(doc.Title) {
				for _, query := range []string{word.lower, word.folded, strings.ToUpper(word.lower)} {
					if !slices.ContainsFunc(x.Find(query, 100), func(h Hit) bool { return h.ID == doc.ID }) {
						t.Errorf("Find(%q) misses %q", query, doc.Title)
					}
				}
			}
		}
	})
}

func TestAnythingTypedIsAnswered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		query := string(rapid.SliceOfN(rapid.Byte(), 0, 500).Draw(t, "query"))
		first := programme.Find(query, 10)
		if diff := cmp.Diff(first, programme.Find(query, 10)); diff != "" {
			t.Errorf("Find(%q) twice (-first +second):\n%s", query, diff)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		query := rapid.String().Draw(t, "query")
		for _, mark := range programme.Mark(query, query) {
			if mark.From >= mark.To || mark.To > len(query) {
				t.Errorf("Mark(%q) = %v", query, mark)
			}
		}
	})
}

func FuzzStem(f *testing.F) {
	f.Add("mieszkańcami")
	f.Fuzz(func(t *testing.T, text string) {
		for _, word := range words(text) {
			for _, stem := range word.stems("pl") {
				if len(stem) < 2 {
					t.Errorf("%q has the stem %q", word.lower, stem)
				}
			}
		}
	})
}

// congress makes 1,000 sessions and 3,000 people out of some 9,000 words.
func congress() []Document {
	random := rand.New(rand.NewPCG(1, 2)) // the same congress every time
	var stock []string
	for range 2200 {
		var stem strings.Builder
		for range 2 + random.IntN(3) {
			stem.WriteString([]string{"ko", "mia", "prze", "strz", "ło", "gra", "wie", "dy", "sto", "ul", "ter", "żą", "na", "ró", "bi"}[random.IntN(15)])
		}
		for _, ending := range []string{"nie", "nia", "niach", "niem"} {
			stock = append(stock, stem.String()+ending)
		}
	}
	text := func(n int) string {
		picked := make([]string, n)
		for i := range picked {
			picked[i] = stock[int(random.ExpFloat64()*1200)%len(stock)]
		}
		return strings.Join(picked, " ")
	}
	docs := make([]Document, 0, 4000)
	for i := range 1000 {
		docs = append(docs, Document{ID: fmt.Sprintf("s%d", i), Kind: "session", Title: text(7), Fields: []Field{{Text: text(110)}, {Text: text(8), Weight: 2}}})
	}
	for i := range 3000 {
		docs = append(docs, Document{ID: fmt.Sprintf("p%d", i), Kind: "person", Title: text(2), Fields: []Field{{Text: text(6)}}})
	}
	return docs
}

// An index of a whole congress stays small.
func TestMemory(t *testing.T) {
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	docs := congress()
	withDocs := heap()
	start := time.Now()
	x := Build(docs)
	took := time.Since(start)
	size := int64(heap()) - int64(withDocs)
	t.Logf("index %d kB for %d documents and %d forms, built in %s", size/1024, len(x.docs), len(x.forms), took)
	if size > 12<<20 {
		t.Errorf("the index takes %d bytes, want at most 12 MB", size)
	}
	runtime.KeepAlive(docs)
}

func BenchmarkBuild(b *testing.B) {
	docs := congress()
	for b.Loop() {
		Build(docs)
	}
}

func BenchmarkFind(b *testing.B) {
	x := Build(congress())
	query := x.docs[0].title
	for b.Loop() {
		x.Find(query, 20)
	}
}
