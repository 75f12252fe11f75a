package crawl

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"
)

// types says what a machine file of each ending answers as.
var types = map[string][]string{
	".ics":  {"text/calendar"},
	".xml":  {"application/xml", "text/xml"},
	".json": {"application/json", "application/schema+json", "application/openapi+json", "application/vnd.citationstyles.csl+json"},
	".atom": {"application/atom+xml"},
	".csv":  {"text/csv"},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	".css":  {"text/css"}, ".js": {"text/javascript"}, ".woff2": {"font/woff2"},
	".svg": {"image/svg+xml"}, ".png": {"image/png"}, ".jpg": {"image/jpeg"},
	".txt": {"text/plain"},
}

// FileFaults says what is wrong with an answer that is no page: its type, or its bytes.
func FileFaults(address string, header http.Header, body []byte) []Fault {
	at, err := url.Parse(address)
	if err != nil {
		return []Fault{{address, Format, err.Error()}}
	}
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return []Fault{{address, Format, fmt.Sprintf("Content-Type %q: %v", header.Get("Content-Type"), err)}}
	}
	var faults []Fault
	if header.Get("X-Content-Type-Options") != "nosniff" {
		faults = append(faults, Fault{address, Policy, "no nosniff"})
	}
	if want := types[path.Ext(at.Path)]; want != nil && !strings.Contains(strings.Join(want, " "), media) {
		faults = append(faults, Fault{address, Format, fmt.Sprintf("Content-Type %s, want %s", media, want[0])})
	}
	if err := parse(media, body); err != nil {
		faults = append(faults, Fault{address, Format, err.Error()})
	}
	return faults
}

func parse(media string, body []byte) error {
	switch {
	case len(body) == 0:
		return errors.New("empty")
	case media == "text/calendar":
		return parseCalendar(body)
	case strings.HasSuffix(media, "/xml") || strings.HasSuffix(media, "+xml"):
		return parseXML(body)
	case strings.HasSuffix(media, "/json") || strings.HasSuffix(media, "+json"):
		var any any
		return json.Unmarshal(body, &any)
	case media == "text/csv":
		return parseCSV(body)
	case strings.HasSuffix(media, "spreadsheetml.sheet"):
		_, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		return err
	case strings.HasPrefix(media, "text/") && !utf8.Valid(body):
		return errors.New("not UTF-8")
	}
	return nil
}

func parseXML(body []byte) error {
	reader := xml.NewDecoder(bytes.NewReader(body))
	elements := 0
	for {
		token, err := reader.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
	if elements == 0 {
		return errors.New("no element")
	}
	return nil
}

func parseCSV(body []byte) error {
	// The separator that Polish spreadsheets expect is a semicolon; which it is, the first line tells.
	first, _, _ := bytes.Cut(body, []byte("\n"))
	reader := csv.NewReader(bytes.NewReader(body))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		reader.Comma = ';'
	}
	rows, err := reader.ReadAll()
	if err == nil && len(rows) < 2 {
		err = fmt.Errorf("%d rows", len(rows))
	}
	return err
}

// mostOctets is how long a line of a calendar may be (RFC 5545, 3.1).
const mostOctets = 75

// parseCalendar holds a calendar to what programs stumble over: ends of lines, folding, and blocks that close. What
// it means is for a real parser, elsewhere.
func parseCalendar(body []byte) error {
	lines := strings.Split(string(body), "\r\n")
	if lines[len(lines)-1] != "" || strings.Contains(strings.Join(lines, ""), "\n") {
		return errors.New("lines do not end with CR LF")
	}
	var open []string
	for i, line := range lines[:len(lines)-1] {
		if len(line) > mostOctets {
			return fmt.Errorf("line %d has %d octets", i+1, len(line))
		}
		if !utf8.ValidString(line) {
			return fmt.Errorf("line %d cuts a letter in two", i+1)
		}
		if name, ok := strings.CutPrefix(line, "BEGIN:"); ok {
			open = append(open, name)
		}
		if name, ok := strings.CutPrefix(line, "END:"); ok {
			if len(open) == 0 || open[len(open)-1] != name {
				return fmt.Errorf("line %d ends %s, open is %v", i+1, name, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 || lines[0] != "BEGIN:VCALENDAR" {
		return fmt.Errorf("begins with %q, still open at the end: %v", lines[0], open)
	}
	return nil
}
