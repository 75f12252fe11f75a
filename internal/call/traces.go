package call

import (
	"context"
	"strings"

	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Trace is a place where the words of a submission seem to say who is behind it:
// a name, an institution or a city. It tells where, and repeats nothing.
type Trace struct {
	Question string // its id; empty: the title
	Found    string // the words as they stand in the text
}

// Traces looks in what reviewers read of a submission for names of its
// contributors and their institutions, inflected or not, so that its author can
// take them out before a blind review. No trace is no proof that there is none.
func Traces(ctx context.Context, q db.Querier, submission SubmissionID) ([]Trace, error) {
	s, err := FindSubmission(ctx, q, submission)
	if err != nil {
		return nil, err
	}
	questions, err := Questions(ctx, q, s.Call, s.FormVersion)
	if err != nil {
		return nil, err
	}
	who, err := IdentityOf(ctx, q, submission)
	if err != nil {
		return nil, err
	}
	names, err := institutionNames(ctx, q, who)
	if err != nil {
		return nil, err
	}
	return s.paper(questions).traces(append(names, namesOf(who.Contributors)...)), nil
}

func namesOf(all []Contributor) (names []string) {
	for _, c := range all {
		names = append(names, c.Name, c.Affiliation)
	}
	return names
}

func institutionNames(ctx context.Context, q db.Querier, who Identity) (names []string, err error) {
	all, err := people.Institutions(ctx, q)
	if err != nil {
		return nil, err
	}
	behind := map[people.InstitutionID]bool{who.Owner.Institution: true}
	for _, c := range who.Contributors {
		behind[c.Institution] = true
	}
	for _, i := range all {
		if behind[i.ID] {
			names = append(names, i.Name.PL, i.Name.EN, i.Short)
		}
	}
	return names, nil
}

// traces finds the telling words of names in the title and the answers.
func (p Paper) traces(names []string) (found []Trace) {
	stems := tellingStems(names)
	look := func(question, words string) {
		for word := range strings.FieldsFuncSeq(words, notInWord) {
			folded := text.Fold(word)
			for _, stem := range stems {
				if strings.HasPrefix(folded, stem.begin) && len(folded) <= stem.length+mostEnding {
					found = append(found, Trace{question, word})
					break
				}
			}
		}
	}
	look("", p.Title)
	for _, q := range p.Questions {
		look(q.ID, p.Answers[q.ID])
	}
	return found
}

// stem is the part of a name that all its cases begin with.
type stem struct {
	begin  string
	length int // of the whole name
}

// Polish endings take up to three letters off a name and put up to four on:
// Gdańsk, Gdańska; Nowak, Nowakowi; Kraków, Krakowie.
const (
	mostEnding   = 4
	leastStem    = 4
	leastTelling = 4 // shorter words, such as "UM", are in any text
)

// tellingStems lists the stems of the words in names that tell who somebody is,
// which "urząd" and "miasto" do not.
func tellingStems(names []string) (stems []stem) {
	for _, name := range names {
		for word := range strings.FieldsFuncSeq(name, notInWord) {
			folded := text.Fold(word)
			if len(folded) < leastTelling || anyOffice(folded) {
				continue
			}
			cut := max(leastStem, len(folded)-2)
			stems = append(stems, stem{folded[:min(cut, len(folded))], len(folded)})
		}
	}
	return stems
}

func notInWord(r rune) bool {
	return strings.ContainsRune(" \t\n\u00a0.,;:()[]{}\"„”'/–—-!?", r)
}

// offices begin words that stand in the names of many institutions.
var offices = []string{
	"urzad", "urzed", "miast", "miej", "gmin", "powiat", "wojewod", "instytut", "uniwersytet", "politechni", "wydzial", "katedr", "zaklad", "fundacj",
	"stowarzysz", "polsk", "narodow", "panstwow", "ministerst", "rozwoj", "polityk", "badan", "centrum", "akademi", "szkol", "wyzsz", "przyklad",
	"city", "office", "university", "institute", "department", "foundation", "association", "national", "ministry", "development", "school",
}

func anyOffice(folded string) bool {
	for _, o := range offices {
		if strings.HasPrefix(folded, o) {
			return true
		}
	}
	return false
}
