package errs

import "strings"

// Field is what is wrong with one field of a form.
type Field struct {
	Name string // as in the form's HTML
	*Error
}

// Problems is everything that is wrong with a form, in the order of its fields,
// so that a person corrects all of it at once.
type Problems []Field

// Add notes that field is wrong, as the sentence of key says.
func (p *Problems) Add(field, key string, args ...any) {
	*p = append(*p, Field{Name: field, Error: New(Invalid, key, args...)})
}

// Put notes that field is wrong, as told says.
func (p *Problems) Put(field string, told *Error) { *p = append(*p, Field{Name: field, Error: told}) }

// Err returns the problems as an error, or nil if there are none.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Of returns the first problem of field, or nil.
func (p Problems) Of(field string) *Error {
	for _, f := range p {
		if f.Name == field {
			return f.Error
		}
	}
	return nil
}

// Error is for the log. It names fields and sentences, not what was typed.
func (p Problems) Error() string {
	said := make([]string, len(p))
	for i, f := range p {
		said[i] = f.Name + ": " + f.Key
	}
	return strings.Join(said, "; ")
}

// Unwrap lets errors.Is find the problem of a single field.
func (p Problems) Unwrap() []error {
	all := make([]error, len(p))
	for i, f := range p {
		all[i] = f.Error
	}
	return all
}
