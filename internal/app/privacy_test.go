package app_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/privacy"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// canary stands in every column that can hold something of the person whom these tests erase.
const canary = "kanarek"

// canaryEmail is the address of that person.
const canaryEmail = "kanarek@kanarek.example"

// row is a row of a table by column; what is a string in a JSONB column is JSON.
type row struct {
	table  string
	values map[string]any
}

// canaryRows are rows of the person in every table that no service of these tests fills. A new column of personal
// data needs a canary here; see TestEveryPersonalColumnIsErased.
func canaryRows(s people.Subject, of string) []row {
	const text, json, fields = canary, `{"` + canary + `":"` + canary + `"}`, `{"` + canary + `":["` + canary + `"]}`
	at := noon()
	account, person := string(s.Account), string(s.Person)
	return []row{
		{"agenda_address", map[string]any{"account_id": account, "edition_id": of, "token": text, "made_at": at}},
		{"account_link", map[string]any{"hash": text, "account_id": account, "expires_at": at}},
		{"photo", map[string]any{
			"person_id": person, "hash": text, "large": []byte(text), "small": []byte(text), "consent": text, "saved_by": account, "saved_at": at,
		}},
		{"claim", map[string]any{
			"id": text, "person_id": person, "email": canaryEmail, "made_by": "desk", "made_at": at, "expires_at": at, "hash": text,
		}},
		{"web_session", map[string]any{
			"token_sum": text, "data": []byte(text), "label": text, "account_id": account, "seen_at": at, "expires_at": at,
		}},
		{"signin_request", map[string]any{
			"id": text, "email": canaryEmail, "browser": text, "lang": text, "next": text, "issuer": text, "subject": text,
			"token_sum": text, "code_sum": text, "asked_at": at, "expires_at": at,
		}},
		{"signin_passkey", map[string]any{
			"id": text, "account_id": account, "name": text, "credential": json, "counter": 1, "created_at": at,
		}},
		{"signin_identity", map[string]any{
			"issuer": text, "subject": text, "account_id": account, "created_at": at, "used_at": at,
		}},
		{"signin_ceremony", map[string]any{
			"ticket": text, "kind": "passkey", "browser": text, "account_id": account, "data": json, "begun_at": at, "expires_at": at,
		}},
		{"signin_address", map[string]any{
			"id": text, "account_id": account, "old_email": canaryEmail, "new_email": canaryEmail, "lang": text, "token_sum": text,
			"undo_sum": text, "asked_at": at, "expires_at": at,
		}},
		{"letter", map[string]any{
			"id": text, "kind": "test", "to_address": canaryEmail, "to_name": text, "account_id": account, "lang": "pl", "subject": text,
			"body": json, "unsubscribe": text, "dedupe": text, "message_id": text, "posted_at": at,
		}},
		{"participant", map[string]any{
			"id": text, "edition_id": of, "account_id": account, "form": text, "badge": text, "affiliation": text, "city": text,
			"sector": text, "state": text, "told": `[{"Clause":"` + text + `"}]`, "registered_at": at, "updated_at": at,
		}},
		{"participant_need", map[string]any{"participant_id": text, "kinds": `["` + text + `"]`, "note": text, "saved_at": at}},
		{"participant_lookup", map[string]any{"id": text, "account_id": account, "looked_at": at}},
		{"campaign", map[string]any{
			"id": "c-1", "edition_id": of, "node_kind": "congress", "node_id": of, "kind": "organisational", "subject": `{}`, "words": `{}`,
			"label": `{}`, "link": `{}`, "audience": `{}`, "state": "sent", "made_by": "desk", "updated_at": at,
		}},
		{"campaign_recipient", map[string]any{"campaign_id": "c-1", "account_id": account, "state": "posted", "stop_sum": text, "settled_at": at}},
		{"draft", map[string]any{"owner": account, "form": text, "base": 1, "fields": fields, "saved_at": at}},
		{"draft", map[string]any{"owner": "colleague", "form": "wzorcowy/person." + person, "base": 1, "fields": fields, "saved_at": at}},
		{"outbox", map[string]any{
			"id": "o-1", "kind": "test.failed", "payload": `{"account":"` + account + `"}`, "due_at": at, "last_error": "no host for " + canaryEmail,
		}},
		{"rights_refusal", map[string]any{
			"id": "r-1", "kind": "conflict", "account_id": account, "node_kind": "site", "reason": text, "from_at": at, "made_by": "desk", "made_at": at,
		}},
	}
}

func (r row) write(t *testing.T, d *db.DB) {
	t.Helper()
	var columns []string
	var args []any
	for name, value := range r.values {
		columns, args = append(columns, name), append(args, value)
	}
	_, err := d.Exec(t.Context(), `INSERT INTO `+r.table+` (`+strings.Join(columns, ", ")+`) VALUES (`+db.List(1, len(args))+`)`, args...)
	if err != nil {
		t.Fatalf("a row of %s: %v", r.table, err)
	}
}

// nest fills d with a published congress, and with one person of whom there is a canary everywhere.
func nest(t *testing.T, d *db.DB) people.Subject {
	t.Helper()
	fill(t, d)
	ctx := t.Context()
	var person, slug, of, session string
	err := d.QueryRow(ctx, `
		SELECT person.id, person.slug, session.edition_id, session.id
		FROM appearance JOIN person ON person.id = appearance.person_id JOIN session ON session.id = appearance.session_id
		ORDER BY session.slug, person.slug LIMIT 1`).Scan(&person, &slug, &of, &session)
	if err != nil {
		t.Fatal(err)
	}
	register := people.NewService(d, noon)
	p, err := register.Person(ctx, slug)
	if err != nil {
		t.Fatal(err)
	}
	p.Name, p.SortName, p.Slug, p.Origin = "Zofia "+canary, canary+" Zofia", canary+"-zofia", "plik:"+canary+"-key"
	p.Bio = i18n.Text{PL: canary + " bio", EN: canary + " life"}
	p.Affiliations[0].Title, p.Affiliations[0].From = i18n.Both(canary+" tytuł"), "2030-01-01"
	if _, err := register.SavePerson(ctx, "desk", p); err != nil {
		t.Fatal(err)
	}
	s := people.Subject{Person: p.ID, Email: canaryEmail}
	err = d.Tx(ctx, func(tx *db.Tx) error {
		account, err := people.OpenAccount(ctx, tx, people.Account{Email: canaryEmail, Name: "Zofia " + canary, CreatedAt: noon()})
		s.Account = account.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Concat(canaryRows(s, of), callRows(s, of), councilRows(s), practiceRows(s, of), onstageRows(s), kaleidoscopeRows(s), proceedingsRows(s, of), signupRows(s, of, session)) {
		r.write(t, d)
	}
	for _, r := range presenceRows(s, of, session) {
		r.write(t, d)
	}
	for _, statement := range []string{
		`UPDATE account SET person_id = $1 WHERE email = '` + canaryEmail + `'`,
		`UPDATE appearance SET affiliation = '{"pl":"` + canary + ` drukowany"}' WHERE person_id = $1`,
	} {
		if _, err := d.Exec(ctx, statement, person); err != nil {
			t.Fatal(err)
		}
	}
	imported, err := json.Marshal(programme.Origin{Source: "plik", Fields: map[string]string{
		"event": `{"Event":{"Persons":[{"GUID":"` + canary + `-key","Name":"Zofia ` + canary + `","Extra":{"biography":"` + canary + `"}}]}}`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec(ctx, `UPDATE session SET origin = $1 WHERE id = $2`, string(imported), session); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Z osobą", "Jeszcze raz"} {
		if _, err := d.Exec(ctx, `UPDATE session SET capacity = capacity + 1 WHERE id = $1`, session); err != nil {
			t.Fatal(err)
		}
		_, err = timetable.NewService(d, noon).Publish(ctx, timetable.Order{
			Edition: edition.ID(of), Name: i18n.Both(name), Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk", DespiteErrors: true,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// found lists where the canary stands in a backup: table.column.
func found(t *testing.T, backup []byte) (places []string) {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(backup))
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(zip)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		table, isTable := strings.CutSuffix(header.Name, ".ndjson")
		if !isTable {
			continue
		}
		lines := json.NewDecoder(archive)
		for {
			var values map[string]json.RawMessage
			if err := lines.Decode(&values); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			for column, value := range values {
				if strings.Contains(strings.ToLower(plainOf(value)), canary) {
					places = append(places, table+"."+column)
				}
			}
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// plainOf is a value of a backup as text; a packed document is unpacked.
func plainOf(value json.RawMessage) string {
	var encoded string
	if json.Unmarshal(value, &encoded) != nil {
		return string(value)
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return encoded
	}
	if zip, err := gzip.NewReader(bytes.NewReader(raw)); err == nil {
		if unpacked, err := io.ReadAll(zip); err == nil {
			raw = unpacked
		}
	}
	return encoded + "\n" + string(raw)
}

func dumped(t *testing.T, d *db.DB) []byte {
	t.Helper()
	var backup bytes.Buffer
	if err := d.Dump(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	return backup.Bytes()
}

var link = regexp.MustCompile(`(?:href|src)="(/[^"#]*)"`)

// doorsteps are where crawl begins: pages, files of the whole programme, and searches for the other half of the name,
// because a page says again what was looked for.
var doorsteps = []string{
	"/pl/wzorcowy", "/en/wzorcowy", "/pl/wzorcowy/szukaj?q=zofia", "/en/wzorcowy/search?q=zofia", "/pl/wzorcowy/osoby",
	"/wzorcowy/schedule.xml", "/wzorcowy/schedule.json", "/wzorcowy/calendar.ics", "/wzorcowy/changes.atom", "/pl/wzorcowy/zmiany",
	"/pl/wzorcowy/osoby/" + canary + "-zofia",
}

// mostPages ends a crawl: it has seen a page of each sort by then.
const mostPages = 250

// crawl opens pages and files that can be reached from the doorsteps, and returns the paths of those that name the
// canary, and how many there were.
func (r running) crawl(t *testing.T, most int) (told []string, pages int) {
	t.Helper()
	queue, seen := slices.Clone(doorsteps), map[string]bool{}
	for len(queue) > 0 && len(seen) < most {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		_, body := r.get(t, path)
		if strings.Contains(strings.ReplaceAll(body, canary+"-zofia", ""), canary) || strings.Contains(body, "Zofia "+canary) {
			told = append(told, path)
		}
		for _, match := range link.FindAllStringSubmatch(body, -1) {
			next := match[1]
			if strings.Contains(next, "wzorcowy") && !strings.Contains(next, "?") && !strings.HasPrefix(next, "/assets/") {
				queue = append(queue, next)
			}
		}
	}
	return told, len(seen)
}

func TestAnErasedPersonIsNowhere(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			address := dbtest.URL(t, engine)
			d := dbtest.Open(t, address)
			subject := nest(t, d)
			house, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1", Now: noon, Erasures: filepath.Join(t.TempDir(), "book")})
			if err != nil {
				t.Fatal(err)
			}
			another, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1", Now: noon})
			if err != nil {
				t.Fatal(err)
			}
			doors, others := open(t, house), open(t, another)
			if told, pages := doors.crawl(t, mostPages); len(told) < 15 {
				t.Fatalf("before the erasure %d of %d pages name the person: %v; the test proves nothing", len(told), pages, told)
			}
			others.crawl(t, mostPages)
			data, err := house.Privacy.Data(t.Context(), people.Subject{Account: subject.Account})
			if err != nil || len(data) < 8 {
				t.Errorf("Data = %d parts, %v, want those of every keeper", len(data), err)
			}

			c, err := house.Privacy.Erase(t.Context(), privacy.Order{Subject: people.Subject{Account: subject.Account}, By: subject.Account, VerifiedAt: noon()})
			if err != nil || c.Gone() == 0 {
				t.Fatalf("Erase = %+v, %v", c, err)
			}
			if places := found(t, dumped(t, d)); len(places) > 0 {
				t.Errorf("after the erasure the canary stands in %v", places)
			}
			if err := another.Renew(t.Context()); err != nil { // as it does each second
				t.Fatal(err)
			}
			for name, r := range map[string]running{"this": doors, "another": others} {
				if told, pages := r.crawl(t, mostPages); len(told) > 0 {
					t.Errorf("%s instance: %d of %d pages still name the person: %v", name, len(told), pages, told)
				}
			}
			for _, format := range app.Formats() {
				var file bytes.Buffer
				if err := house.Export(t.Context(), &file, app.Request{Edition: "wzorcowy", Format: format, Lang: i18n.Polish}); err != nil {
					t.Errorf("export %s: %v", format, err)
				}
				if bytes.Contains(bytes.ToLower(file.Bytes()), []byte(canary)) {
					t.Errorf("the export %s still names the person", format)
				}
			}
			if faults := packagesAtFault(t, d); len(faults) > 0 {
				t.Errorf("after the erasure Check blames %v, want nobody", faults)
			}
			if engine == db.SQLite {
				for file, has := range filesWith(t, address) {
					if has {
						t.Errorf("the canary stands in the bytes of %s", file)
					}
				}
			}
		})
	}
}

// filesWith says of each file of a SQLite database whether the canary is in its bytes.
func filesWith(t *testing.T, address string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(strings.TrimPrefix(address, "sqlite:") + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("files are %v, %v", files, err)
	}
	with := map[string]bool{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		with[filepath.Base(file)] = bytes.Contains(bytes.ToLower(content), []byte(canary))
	}
	return with
}

// Whoever restores a backup from before the erasure and starts has nobody back. Without the book (the control) they have.
func TestAnOlderBackupBringsNobodyBack(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t, engine)
			subject := nest(t, d)
			folder := t.TempDir()
			backup, book := filepath.Join(folder, "backup.tar.gz"), filepath.Join(folder, "obrady.erased")
			if err := app.Backup(t.Context(), d, backup); err != nil {
				t.Fatal(err)
			}
			house, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1", Now: noon, Erasures: book})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := house.Privacy.Erase(t.Context(), privacy.Order{Subject: subject, By: subject.Account, VerifiedAt: noon()}); err != nil {
				t.Fatal(err)
			}
			if content, err := os.ReadFile(book); err != nil || bytes.Contains(content, []byte(canary)) || len(content) == 0 {
				t.Errorf("the book says %q, %v, want ids alone", content, err)
			}
			for _, path := range []string{"", book} {
				address := dbtest.URL(t, engine)
				restored := dbtest.Open(t, address)
				if err := app.Restore(t.Context(), restored, backup); err != nil {
					t.Fatal(err)
				}
				started, err := app.New(t.Context(), restored, app.Config{BaseURL: "http://127.0.0.1", Now: noon, Erasures: path})
				if err != nil {
					t.Fatal(err)
				}
				told, _ := open(t, started).crawl(t, len(doorsteps))
				places := found(t, dumped(t, restored))
				if back := len(places) > 0; back != (path == "") || (len(told) > 0) != back {
					t.Errorf("with the book %q the canary stands in %v and on %v", path, places, told)
				}
				if engine == db.SQLite && path != "" {
					for file, has := range filesWith(t, address) {
						if has {
							t.Errorf("the canary stands in the bytes of %s", file)
						}
					}
				}
			}
		})
	}
}

func TestADamagedBookKeepsTheDoorsShut(t *testing.T) {
	book := filepath.Join(t.TempDir(), "book")
	if err := os.WriteFile(book, []byte("{\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.New(context.Background(), dbtest.New(t, db.SQLite), app.Config{BaseURL: "http://127.0.0.1", Erasures: book}); err == nil {
		t.Error("New with a damaged book = nil, want a refusal")
	}
}
