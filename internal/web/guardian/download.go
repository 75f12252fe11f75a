package guardian

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"mime"
	"net/http"
	"slices"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/web"
)

// sendOwn sends everything that is kept about whoever asks: data.json for machines, a page for people, and pictures as
// files of their own.
func (p *Pages) sendOwn(w http.ResponseWriter, r *http.Request) error {
	parts, err := p.Privacy.Data(r.Context(), self(r))
	if err != nil {
		return err
	}
	file, err := pack(p.Words.In(web.Lang(r)), parts, p.Now())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="obrady-`+p.Now().UTC().Format(time.DateOnly)+`.zip"`)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(file) // who has hung up misses nothing
	return nil
}

// takeHome is data.json.
type takeHome struct {
	MadeAt time.Time      `json:"made_at"`
	Parts  []takeHomePart `json:"parts"`
}

type takeHomePart struct {
	Key  string           `json:"key"`
	Name string           `json:"name"`
	Rows []map[string]any `json:"rows"`
}

// homePage is a file of its own, without the frame of the site.
var homePage = template.Must(template.ParseFS(templates, "templates/home.html"))

// home is what the page for people is drawn from.
type home struct {
	i18n.Printer
	takeHome
}

// Facts lists what a row says, as written.
func (h home) Facts(row map[string]any) (all []fact) {
	for _, name := range slices.Sorted(maps.Keys(row)) {
		value, isText := row[name].(string)
		if !isText {
			value = written(row[name])
		}
		if value == "" {
			continue
		}
		label := name
		if said := h.T("guardian.field." + name); said != "guardian.field."+name {
			label = said
		}
		all = append(all, fact{label, value})
	}
	return all
}

func pack(words i18n.Printer, parts []people.Extract, now time.Time) ([]byte, error) {
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	out := takeHome{MadeAt: now.UTC()}
	pictures := map[string][]byte{}
	for _, part := range parts {
		one := takeHomePart{Key: part.Part, Name: words.T(part.Part)}
		for _, row := range part.Rows {
			one.Rows = append(one.Rows, withoutPictures(row, pictures))
		}
		out.Parts = append(out.Parts, one)
	}
	data, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write somebody's data: %w", err)
	}
	var page bytes.Buffer
	if err := homePage.Execute(&page, home{words, out}); err != nil {
		return nil, fmt.Errorf("draw somebody's data: %w", err)
	}
	pictures["data.json"], pictures["index.html"] = data, page.Bytes()
	for _, name := range slices.Sorted(maps.Keys(pictures)) {
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now.UTC()})
		if err == nil {
			_, err = entry.Write(pictures[name])
		}
		if err != nil {
			return nil, fmt.Errorf("pack somebody's data: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("pack somebody's data: %w", err)
	}
	return file.Bytes(), nil
}

// withoutPictures puts pictures into files and their names into the row.
func withoutPictures(row map[string]any, pictures map[string][]byte) map[string]any {
	out := maps.Clone(row)
	for name, value := range row {
		picture, is := value.([]byte)
		if !is {
			continue
		}
		file := fmt.Sprintf("files/%d%s", len(pictures)+1, ending(picture))
		pictures[file], out[name] = picture, file
	}
	return out
}

func ending(content []byte) string {
	all, err := mime.ExtensionsByType(http.DetectContentType(content))
	if err != nil || len(all) == 0 {
		return ""
	}
	return all[0]
}
