package call

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/i18n"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// congress saves an edition for calls to be of.
func congress(t *testing.T, d *db.DB) edition.ID {
	t.Helper()
	e, err := edition.NewService(d, func() time.Time { return noon }).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2026", Name: i18n.Both("Kongres"), StartsOn: "2026-06-07", EndsOn: "2026-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

func sample(in edition.ID) Call {
	return Call{
		ID: "c-1", Edition: in, Slug: "dobre-praktyki", Mark: "DP", Kind: Practice, Title: i18n.Both("Dobre praktyki"), Lead: i18n.Both("Lid"),
		Body: i18n.Both("Treść"), Terms: i18n.Both("Regulamin"), Anonymity: DoubleBlind, Senders: Anybody, Languages: []i18n.Lang{i18n.Polish},
		Paths: []Option{{"woda", i18n.Both("Woda"), 0}}, Formats: []Option{{"krotkie", i18n.Both("Krótkie"), 4}}, Checklist: []i18n.Text{i18n.Both("Po polsku")},
		PerPerson: 2, PerInstitution: 3, OpensAt: noon, ClosesAt: noon.Add(time.Hour), Revision: 1, UpdatedAt: noon,
	}
}

func TestACallComesBackAsItWasSaved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		want := sample(congress(t, d))
		if err := want.Validate(); err != nil {
			t.Fatal(err)
		}
		if err := insertCall(t.Context(), d, want); err != nil {
			t.Fatal(err)
		}
		got, err := Find(t.Context(), d, want.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("Find (-want +got): %v\n%s", err, diff)
		}
	})
}

func TestASubmissionComesBackAsItWasSaved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := sample(congress(t, d))
		want := Submission{
			ID: "s-1", Call: c.ID, Edition: c.Edition, Code: "DP-1", State: Drafted, Path: "woda", Format: "krotkie", Language: i18n.Polish, Title: "Rzeka",
			Answers: form.Answers{"q": "Tak"}, Revision: 1, BeganAt: noon, UpdatedAt: noon,
		}
		err := insertCall(t.Context(), d, c)
		if err == nil {
			err = insertSubmission(t.Context(), d, want)
		}
		if err != nil {
			t.Fatal(err)
		}
		want.Title, want.Revision = "Rzeka w mieście", 2
		if err := writeContent(t.Context(), d, want); err != nil {
			t.Fatal(err)
		}
		got, err := FindSubmission(t.Context(), d, want.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("FindSubmission (-want +got): %v\n%s", err, diff)
		}
		if err := writeContent(t.Context(), d, want); err != ErrChanged { //nolint:errorlint // it is returned as it is
			t.Errorf("writing the same revision again = %v, want ErrChanged", err)
		}
	})
}
