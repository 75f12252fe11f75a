package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// ReadText reads the fields of a form whatever they are called, up to the first file, for who must not lose what was
// typed before it is known which form it was. A form of more than most bytes is an error.
func ReadText(r *http.Request, most int64) (Form, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, most)
	form := NewForm(Fields{})
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "multipart/form-data":
		return form, form.takeParts(r)
	case err != nil || kind != "application/x-www-form-urlencoded":
		return form, errNoForm
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return form, fmt.Errorf("read text: %w", err)
	}
	if strings.Count(string(body), "&") >= mostParameters {
		return form, errTooMany
	}
	sent, err := url.ParseQuery(string(body))
	if err != nil {
		return form, errBadForm
	}
	for name, values := range sent {
		for _, value := range values {
			form.takeAny(name, value)
		}
	}
	return form, nil
}

func (f *Form) takeParts(r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return errNoForm
	}
	for range mostParameters {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) || err == nil && part.FileName() != "" {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read text: %w", err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return fmt.Errorf("read text: %w", err)
		}
		f.takeAny(part.FormName(), string(value))
	}
	return errTooMany
}

func (f *Form) takeAny(name, value string) {
	if clean(name) && name != "" {
		f.Fields[name] = name
		f.take(name, value)
	}
}
