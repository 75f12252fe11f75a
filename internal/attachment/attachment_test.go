package attachment

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

const pdf = "%PDF-1.7\n1 0 obj\n%%EOF\n"

func picture(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// endOfZIP is the directory of an empty archive.
const endOfZIP = "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

func TestAFileIsWhatItsBytesSay(t *testing.T) {
	drawn := picture(t)
	huge := strings.Replace(drawn, "\x00\x00\x00\x04\x00\x00\x00\x04", "\x00\x00\xc3\x50\x00\x00\xc3\x50", 1) // says 50,000 by 50,000
	for _, test := range []struct {
		name, content string
		kind          Kind
		note          Note
		want          error
	}{
		{"a document", pdf, PDF, Plain, nil},
		{"a document with a password", "%PDF-1.7\n/Encrypt 1 0 R\n%%EOF", PDF, Encrypted, nil},
		{"a document with a program", "%PDF-1.7\n/JavaScript (app.alert(1))\n%%EOF", PDF, Scripted, nil},
		{"half a document", "%PDF-1.7\n1 0 obj", PDF, Plain, ErrUnreadable},
		{"a document that is an archive", pdf + endOfZIP, PDF, Plain, ErrTwoThings},
		{"a picture", drawn, PNG, Plain, nil},
		{"half a picture", drawn[:12], PNG, Plain, ErrUnreadable},
		{"a picture as large as a city", huge, PNG, Plain, ErrUnreadable},
		{"a picture that is an archive", drawn + endOfZIP, PNG, Plain, ErrTwoThings},
		{"the head of a document on a picture", "\x89PNG\r\n\x1A\n%PDF-1.7", PNG, Plain, ErrUnreadable},
		{"nothing", "", "", Plain, ErrEmpty},
		{"a drawing with a script", "<svg onload=alert(1)>", "", Plain, ErrKind},
		{"a page", "<!doctype html>", "", Plain, ErrKind},
		{"a program", "MZ\x90\x00", "", Plain, ErrKind},
		{"an archive", "PK\x03\x04", "", Plain, ErrKind},
		{"more than there may be", pdf + strings.Repeat(" ", MaxBytes), "", Plain, ErrTooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			kind, note, err := look([]byte(test.content))
			if kind != test.kind || note != test.note || !errors.Is(err, test.want) || test.want == nil && err != nil {
				t.Errorf("look = %q, %q, %v, want %q, %q, %v", kind, note, err, test.kind, test.note, test.want)
			}
		})
	}
}

func TestNamesHarmNoMachine(t *testing.T) {
	for sent, want := range map[string]string{
		"Slajdy v1.2.pdf": "Slajdy v1.2.pdf", "../../etc/passwd": "passwd.pdf", `C:\tajne\plan.PDF`: "plan.pdf", "strona.pdf.html": "strona.pdf.pdf",
		"CON.pdf": "plik.pdf", "": "plik.pdf", "...": "plik.pdf", "a\u202efdp.exe": "afdp.pdf", "zł\"y<>.pdf": "zły.pdf", "kropka.": "kropka.pdf",
		strings.Repeat("ż", 300) + ".pdf": strings.Repeat("ż", 120) + ".pdf",
	} {
		if got := NameOf(sent, PDF); got != want {
			t.Errorf("NameOf(%q) = %q, want %q", sent, got, want)
		}
	}
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// write begins a submission of somebody's.
func write(t *testing.T, d *db.DB) (*Service, *call.Service, people.AccountID, call.Submission) {
	t.Helper()
	ctx, clock := t.Context(), func() time.Time { return noon }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	e, err := edition.NewService(d, clock).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2026", Name: i18n.Both("Kongres"), StartsOn: "2026-06-07", EndsOn: "2026-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite,
	})
	must(err)
	calls := call.NewService(d, clock)
	calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return noon, nil }
	c, err := calls.Save(ctx, "desk", call.Call{
		Edition: e.ID, Slug: "nabor", Mark: "N", Kind: call.Poster, Title: i18n.Both("Nabór"), Anonymity: call.Open, Senders: call.Anybody, Languages: i18n.Langs,
		OpensAt: noon.Add(-time.Hour), ClosesAt: noon.Add(time.Hour),
	})
	must(err)
	_, err = calls.Ask(ctx, "desk", c.ID, form.Version{Questions: []form.Question{{Kind: form.Line, Label: i18n.Both("x")}}})
	must(err)
	must(calls.Publish(ctx, "desk", c.ID))
	var ewa people.Account
	must(d.Tx(ctx, func(tx *db.Tx) (err error) {
		ewa, err = people.OpenAccount(ctx, tx, people.Account{Email: "ewa@example.org", Name: "Ewa", CreatedAt: noon})
		return err
	}))
	s, err := calls.Begin(ctx, call.Beginning{Call: c.ID, By: ewa.ID, Lang: i18n.Polish})
	must(err)
	return NewService(d, calls), calls, ewa.ID, s
}

func TestFilesComeAndGoWithTheSubmission(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		files, calls, ewa, s := write(t, d)
		ctx := t.Context()
		add := func(who people.AccountID, content string) (Attachment, error) {
			return files.Add(ctx, who, s.ID, Sent{"plan.pdf", strings.NewReader(content)})
		}
		first, err := add(ewa, pdf)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := add(ewa, pdf); err != nil || again.ID != first.ID {
			t.Errorf("the same file again = %v, %v, want the first", again.ID, err)
		}
		if _, err := add("jan", pdf+"\n"); !errors.Is(err, call.ErrNoSubmission) {
			t.Errorf("a file of somebody else's: %v, want ErrNoSubmission", err)
		}
		for i := range Most - 1 {
			if _, err := add(ewa, pdf+strings.Repeat("\n", i+1)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := add(ewa, pdf+"%"); !errors.Is(err, ErrMost) {
			t.Errorf("one file too many: %v, want ErrMost", err)
		}
		got, content, err := files.Open(ctx, s.ID, first.ID)
		if diff := cmp.Diff(first, got); err != nil || diff != "" || string(content) != pdf {
			t.Errorf("Open (-want +got): %v %q\n%s", err, content, diff)
		}
		if _, _, err := files.Open(ctx, "other", first.ID); !errors.Is(err, ErrNone) {
			t.Errorf("under another submission: %v, want ErrNone", err)
		}
		if err := files.Remove(ctx, ewa, s.ID, first.ID); err != nil {
			t.Fatal(err)
		}
		if all, err := files.Of(ctx, s.ID); err != nil || len(all) != Most-1 {
			t.Errorf("%d files are left, %v, want %d", len(all), err, Most-1)
		}
		if faults, err := Check(ctx, d); err != nil || len(faults) > 0 {
			t.Errorf("Check = %v, %v, want none", faults, err)
		}
		if err := calls.Discard(ctx, ewa, s.ID); err != nil {
			t.Fatal(err)
		}
		if all, err := files.Of(ctx, s.ID); err != nil || len(all) != 0 {
			t.Errorf("of a draft that is gone %d files are left, %v", len(all), err)
		}
	})
}
