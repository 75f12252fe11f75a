package programme

import (
	"testing"

	"obrady/internal/people"
)

func TestWhatAFileToldOfThePersonGoes(t *testing.T) {
	trace := TraceOf(people.Person{ID: "p1", Slug: "zofia-kanarek", Name: "Zofia Kanarek", Origin: "kpm:key-1"})
	for _, test := range []struct{ name, told, want string }{
		{"an entry by its key", `{"Persons":[{"GUID":"KEY-1","Name":"Z. K."},{"GUID":"key-2"}]}`, `{"Persons":[{"GUID":"key-2"}]}`},
		{"an entry by its name", `[{"Name":" zofia kanarek "},{"Name":"Ada"}]`, `[{"Name":"Ada"}]`},
		{"a name under the key", `{"Known":{"key-1":"Z. K.","key-2":"Ada"}}`, `{"Known":{"key-2":"Ada"}}`},
		{"a name in a running text", `{"Abstract":"mówi Zofia Kanarek z urzędu"}`, `{"Abstract":"mówi N.N. z urzędu"}`},
		{"a text that is no JSON", `Zofia Kanarek`, `N.N.`},
		{"nothing, byte for byte", `{ "ID": 12345678901234567890, "x":[ ] }`, `{ "ID": 12345678901234567890, "x":[ ] }`},
		{"numbers stay exact", `{"ID":12345678901234567890,"Name":"Zofia Kanarek"}`, `{"ID":12345678901234567890}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := Origin{Source: "kpm", Fields: map[string]string{"event": test.told}}
			if got := o.WithoutPerson(trace).Fields["event"]; got != test.want {
				t.Errorf("left is %s, want %s", got, test.want)
			}
		})
	}
}

// A short name stands inside of other words; a whole field with it is still the person's.
func TestAShortNameIsNotLookedForInsideOfTexts(t *testing.T) {
	trace := TraceOf(people.Person{ID: "p1", Slug: "ada", Name: "Ada"})
	o := Origin{Source: "kpm", Fields: map[string]string{"event": `{"Abstract":"Adaptacja do zmian","Name":"Ada"}`}}
	if got, want := o.WithoutPerson(trace).Fields["event"], `{"Abstract":"Adaptacja do zmian"}`; got != want {
		t.Errorf("left is %s, want %s", got, want)
	}
}
