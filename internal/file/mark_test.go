package file

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

func TestAMarkIsDrawnAnew(t *testing.T) {
	wide := image.NewNRGBA(image.Rect(0, 0, 300, 40))
	wide.Set(1, 1, color.NRGBA{200, 30, 30, 120})
	var sent bytes.Buffer
	if err := png.Encode(&sent, wide); err != nil {
		t.Fatal(err)
	}
	got, err := ReadMark(t.Context(), &sent)
	if err != nil || got.Type != "image/png" {
		t.Fatalf("ReadMark = %s, %v, want a PNG", got.Type, err)
	}
	drawn, err := png.Decode(bytes.NewReader(got.Bytes))
	if err != nil || drawn.Bounds().Dx() != 300 || drawn.Bounds().Dy() != 40 {
		t.Errorf("drawn %v, %v, want 300 by 40, uncut", drawn, err)
	}
	if _, _, _, alpha := drawn.At(1, 1).RGBA(); alpha>>8 != 120 {
		t.Errorf("alpha %d, want what shone through before", alpha>>8)
	}
	for _, test := range []struct {
		name, sent string
		want       error
	}{
		{"nothing", "", ErrEmpty},
		{"a drawing with script", `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, ErrSVG},
		{"words", "not a picture", ErrNoPicture},
		{"the head of a picture without its body", "\x89PNG\r\n\x1a\n", ErrUnreadable},
	} {
		if _, err := ReadMark(t.Context(), strings.NewReader(test.sent)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}
