package organiser_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

const (
	marks   = "/pl/kpm-2021/biurko/znaki"
	newMark = "/pl/kpm-2021/biurko/znaki/nowy"
)

func drawing(t *testing.T, width, height int) image.Image {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		img.Set(x, x%height, color.RGBA{156, 51, 33, 255})
	}
	return img
}

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// asWebP is a picture of one point; the standard library reads WebP nowhere and writes it nowhere.
func asWebP(t *testing.T) []byte {
	t.Helper()
	file, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// claiming is a small PNG whose head says that it measures width by height.
func claiming(t *testing.T, width, height uint32) []byte {
	t.Helper()
	file := asPNG(t, drawing(t, 4, 4))
	binary.BigEndian.PutUint32(file[16:], width)
	binary.BigEndian.PutUint32(file[20:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

// noise is a picture that cannot be made small.
func noise(side int) image.Image {
	img, random := image.NewRGBA(image.Rect(0, 0, side, side)), rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = byte(random.Uint32() >> 8)
	}
	return img
}

func TestAMarkIsDrawnAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		hidden := []byte("<script>alert(1)</script>GIF89a%PDF-1.7")
		for name, sent := range map[string]struct {
			content []byte
			kind    string
		}{
			"znak.png":          {append(asPNG(t, drawing(t, 64, 16)), hidden...), "image/png"},
			"znak.jpg":          {append(asJPEG(t, drawing(t, 64, 16)), hidden...), "image/jpeg"},
			"znak.png.html.png": {asPNG(t, drawing(t, 1, 1)), "image/png"},
			"znak.webp":         {append(asWebP(t), hidden...), "image/png"},
		} {
			form := o.filled(newMark, "name_pl", name, "role", "funder", "url", "https://irmir.example")
			wantStatus(t, name, o.addMark(form, name, sent.content), http.StatusSeeOther)
			all, err := o.Editions.Logos(t.Context(), o.edition.ID)
			if err != nil || len(all) == 0 {
				t.Fatalf("there is no mark (%v)", err)
			}
			last := all[len(all)-1]
			if last.MediaType != sent.kind || bytes.Contains(last.Image, hidden) || string(last.Role) != "funder" {
				t.Errorf("%s is kept as %s with %d bytes, want %s without what was hidden in it", name, last.MediaType, len(last.Image), sent.kind)
			}
			got := o.get(marks + "/" + last.ID + "/obraz")
			wantStatus(t, "the picture", got, http.StatusOK)
			if got.Header().Get("Content-Type") != sent.kind || got.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("the picture goes out as %q, want %s and nothing guessed", got.Header().Get("Content-Type"), sent.kind)
			}
		}
		wantStatus(t, "a mark in words", o.addMark(o.filled(newMark, "name_pl", "Fundusze Europejskie"), "", nil), http.StatusSeeOther)
		wantText(t, "the list", o.get(marks).Body.String(), "znak słowny")
	})
}

func TestWhatIsNoPictureIsRefusedWithASentence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		whole := asPNG(t, drawing(t, 64, 64))
		photo := asJPEG(t, noise(64))
		for _, test := range []struct {
			name, file string
			content    []byte
			want       string
		}{
			{"an SVG", "znak.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "SVG"},
			{"an SVG called PNG", "znak.png", []byte("<?xml version=\"1.0\"?>\n<SVG></SVG>"), "SVG"},
			{"HTML called PNG", "znak.png", []byte("<!doctype html><script>alert(1)</script>"), "Nie udało się odczytać"},
			{"a PNG cut short", "znak.png", whole[:len(whole)/2], "Nie udało się odczytać"},
			{"a JPEG cut short", "znak.jpg", photo[:len(photo)/3], "Nie udało się odczytać"},
			{"nothing but the signature", "znak.png", whole[:8], "Nie udało się odczytać"},
			{"50,000 × 50,000 points", "znak.png", claiming(t, 50_000, 50_000), "40 megapikseli"},
			{"a line of two thousand million points", "znak.png", claiming(t, 1<<31-1, 1), "40 megapikseli"},
			{"a GIF that is a JAR", "znak.gif", append([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "PK\x03\x04"...), "Nie udało się odczytać"},
			{"no bytes", "znak.png", nil, "Nie udało się odczytać"},
			{"noise that stays large", "znak.png", asPNG(t, noise(512)), "512 kB"},
			{"more bytes than a mark needs", "znak.png", append(whole, make([]byte, 6<<20)...), "6 MB"},
		} {
			t.Run(test.name, func(t *testing.T) {
				form := o.filled(newMark, "name_pl", "Miasto", "url", "https://miasto.example")
				got := o.addMark(form, test.file, test.content)
				wantStatus(t, test.name, got, http.StatusUnprocessableEntity)
				summary := summaryOf(got.Body.String())
				wantText(t, "the summary", summary, test.want)
				wantText(t, "the summary", summary, "#f-image")
				if kept := fields(got.Body.String()); kept.Get("name_pl") != "Miasto" || kept.Get("url") != "https://miasto.example" {
					t.Errorf("the form comes back with %v, want what was typed", kept)
				}
			})
		}
		got := o.addMark(o.filled(newMark, "name_pl", "Miasto"), "znak.png", make([]byte, 9<<20))
		wantStatus(t, "more than the road carries", got, http.StatusRequestEntityTooLarge)
		wantText(t, "the form", got.Body.String(), "Miasto")
		if all, _ := o.Editions.Logos(t.Context(), o.edition.ID); len(all) != 0 {
			t.Errorf("%d marks are kept, want none", len(all))
		}
	})
}

func TestAMarkIsRemovedOnlyAfterTheQuestion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		o.addMark(o.filled(newMark, "name_pl", "Śląsk"), "znak.png", asPNG(t, drawing(t, 8, 8)))
		all, err := o.Editions.Logos(t.Context(), o.edition.ID)
		if err != nil || len(all) != 1 {
			t.Fatalf("there are %d marks (%v), want 1", len(all), err)
		}
		removal := marks + "/" + all[0].ID + "/usuniecie"
		page := o.get(removal)
		wantStatus(t, "the question", page, http.StatusOK)
		wantText(t, "the question", page.Body.String(), "Znak „Śląsk” zniknie")
		wantStatus(t, "yes", o.post(removal, nil), http.StatusSeeOther)
		wantStatus(t, "yes once more", o.post(removal, nil), http.StatusNotFound)
		if strings.Contains(o.get(marks).Body.String(), "Śląsk") {
			t.Error("the mark is still there")
		}
	})
}
