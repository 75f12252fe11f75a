package crawl

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Speech knows what the site can say in each language, and how each language sounds.
type Speech struct {
	keys map[string]bool
	said map[string]map[string]bool // by language: finished sentences without places to fill
}

// LoadSpeech reads every locale/pl.json and locale/en.json below root.
func LoadSpeech(root fs.FS) (*Speech, error) {
	s := &Speech{keys: map[string]bool{}, said: map[string]map[string]bool{"pl": {}, "en": {}}}
	err := fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		lang := strings.TrimSuffix(path.Base(file), ".json")
		if path.Base(path.Dir(file)) != "locale" || s.said[lang] == nil || strings.Contains(file, "testdata") {
			return nil
		}
		return s.load(root, file, lang)
	})
	if err == nil && (len(s.said["pl"]) == 0 || len(s.said["en"]) == 0) {
		err = fmt.Errorf("no sentences found")
	}
	return s, err
}

func (s *Speech) load(root fs.FS, file, lang string) error {
	text, err := fs.ReadFile(root, file)
	if err != nil {
		return err
	}
	var sentences map[string]any
	if err := json.Unmarshal(text, &sentences); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	for key, value := range sentences {
		s.keys[key] = true
		if sentence, ok := value.(string); ok && !strings.ContainsAny(sentence, "%{") {
			s.said[lang][squeeze(sentence)] = true
		}
	}
	return nil
}

// utterance is what the page says at one place, and the language in which it claims to.
type utterance struct{ text, lang, where string }

// spoken are attributes that are read to people.
var spoken = []string{
	"alt", "title", "aria-label", "placeholder", "data-text", "data-copied", "data-clash-text",
	"data-counter-text", "data-counter-over", "data-confirm-text", "data-confirm-yes", "data-confirm-no",
	"data-autosave-saved", "data-autosave-failed", "label", "aria-description", "aria-roledescription",
}

// said lists everything that the page says, with the language that holds at its place.
func (p *Page) said() []utterance {
	var all []utterance
	var walk func(n *html.Node, lang string)
	walk = func(n *html.Node, lang string) {
		if n.Type == html.ElementNode {
			if own, ok := attribute(n, "lang"); ok {
				lang = own
			}
			for _, name := range spoken {
				all = append(all, utterance{valueOf(n, name), lang, n.Data + " " + name})
			}
			if n.DataAtom == atom.Meta && valueOf(n, "name") == "description" {
				all = append(all, utterance{valueOf(n, "content"), lang, "description"})
			}
			if kind := valueOf(n, "type"); n.DataAtom == atom.Input && (kind == "submit" || kind == "button") {
				all = append(all, utterance{valueOf(n, "value"), lang, "button"})
			}
		}
		if n.DataAtom == atom.Script || n.DataAtom == atom.Code {
			return
		}
		if n.Type == html.TextNode {
			all = append(all, utterance{n.Data, lang, n.Parent.Data})
		}
		for child := range n.ChildNodes() {
			walk(child, lang)
		}
	}
	walk(p.root, "")
	for i := range all {
		all[i].text = squeeze(all[i].text)
	}
	return slices.DeleteFunc(all, func(u utterance) bool { return u.text == "" })
}

// squeeze makes all white space single blanks, so that texts can be compared.
func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

// unfilled are places that a template or a format left open.
var unfilled = regexp.MustCompile(`%![a-z(]|%[dsvn]\b|<no value>|\{\{|\}\}|\bnil\b|\bZgotmplZ\b|\[object |\bundefined\b|\bNaN\b`)

// keyLike finds what looks like a key even if no file has it.
var keyLike = regexp.MustCompile(`\b(web|app|visitor|organiser|planner|desk|feed|people|edition|programme|timetable|text|table|export|schedule|demo)(\.[a-z][a-z0-9_]+){2,}\b`)

var word = regexp.MustCompile(`[\p{L}][\p{L}\p{M}'’]*`)

func (s *Speech) check(u utterance, add adder) {
	// A script fills what stands in data-; there a place is meant to be open.
	if found := unfilled.FindString(u.text); found != "" && !strings.Contains(u.where, " data-") {
		add(Key, "%q in <%s>: %.80s", found, u.where, u.text)
	}
	if found := keyLike.FindString(u.text); found != "" || s.keys[u.text] && strings.Contains(u.text, ".") {
		add(Key, "<%s>: %.80s", u.where, u.text)
	}
	lang, _, _ := strings.Cut(u.lang, "-")
	other := map[string]string{"pl": "en", "en": "pl"}[lang]
	if other == "" {
		return // another language altogether; nothing is known about it
	}
	if s.said[other][u.text] && !s.said[lang][u.text] && word.MatchString(u.text) {
		add(Words, "a sentence of %s in <%s>: %.120s", other, u.where, u.text)
		return
	}
	if sounds(u.text) == other {
		add(Words, "sounds %s in <%s>: %.120s", other, u.where, u.text)
	}
}

// small are words that stand in nearly every sentence of a language and are none in the other.
var small = map[string]map[string]bool{
	"pl": setOf(`i w z na do nie się jest oraz dla przez które który która jak od po za ze są że lub czy przy pod nad
		tego tym tej też już tylko będzie może aby ale jako we ich jego jej być był była było były między podczas`),
	"en": setOf(`the and of in for with is are at from this that an it or be has have will which their its they you your
		not was were about between during how what who when where`),
}

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// sounds guesses the language of a sentence from its small words; "" when it is too short to tell. Two of them must
// speak for a language and no more than a third as many for the other, because names of the other language may
// stand inside a sentence. One is enough if the text also ends like a sentence.
func sounds(text string) string {
	count := map[string]int{}
	words := word.FindAllString(text, -1)
	for i, w := range words {
		if w == "I" && i > 0 {
			continue // the English pronoun, or a numeral
		}
		for lang, set := range small {
			if set[strings.ToLower(w)] {
				count[lang]++
			}
		}
	}
	sentence := len(words) >= 4 && strings.ContainsAny(text[len(text)-1:], ".?!")
	for lang, other := range map[string]string{"pl": "en", "en": "pl"} {
		if count[lang] >= 2 && count[other]*3 <= count[lang] || sentence && count[lang] == 1 && count[other] == 0 {
			return lang
		}
	}
	return ""
}
