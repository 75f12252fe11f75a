package app

import (
	"errors"
	"strings"

	"obrady/internal/errs"
	"obrady/internal/i18n"
)

// Catalogue loads everything that the house can say.
func Catalogue() (*i18n.Catalogue, error) { return i18n.Load(sentences...) }

// Explain writes err out for somebody at a terminal: where the house names a sentence by its key, the sentence
// stands in the key's place.
func Explain(p i18n.Printer, err error) string {
	said := err.Error()
	var problems errs.Problems
	var one *errs.Error
	switch {
	case errors.As(err, &problems):
		for _, field := range problems {
			said = strings.ReplaceAll(said, field.Name+": "+field.Key, field.Name+": "+p.T(field.Key, field.Args...))
		}
	case errors.As(err, &one):
		said = strings.ReplaceAll(said, one.Error(), p.T(one.Key, one.Args...))
	}
	return said
}
