package file

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func TestAPictureIsKeptWholeAndNoLargerThanPagesShow(t *testing.T) {
	for _, test := range []struct {
		name                  string
		width, height         int
		wantWidth, wantHeight int
	}{
		{"a small one stays as it is", 300, 200, 300, 200},
		{"a wide one", 3200, 1600, PictureSide, PictureSide / 2},
		{"a high one", 200, 2000, 160, PictureSide},
	} {
		t.Run(test.name, func(t *testing.T) {
			var sent bytes.Buffer
			if err := png.Encode(&sent, image.NewGray(image.Rect(0, 0, test.width, test.height))); err != nil {
				t.Fatal(err)
			}
			got, err := ReadPicture(t.Context(), &sent)
			if err != nil {
				t.Fatal(err)
			}
			size, err := jpeg.DecodeConfig(bytes.NewReader(got.Bytes))
			if err != nil || got.Type != "image/jpeg" || size.Width != test.wantWidth || size.Height != test.wantHeight {
				t.Errorf("ReadPicture = %s of %d by %d, %v, want a JPEG of %d by %d", got.Type, size.Width, size.Height, err, test.wantWidth, test.wantHeight)
			}
		})
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	for _, test := range []struct {
		name, sent string
		want       error
	}{
		{"nothing", "", ErrEmpty},
		{"a drawing with script", `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, ErrSVG},
		{"words", "not a picture", ErrNoPicture},
		{"more than may be sent", strings.Repeat("x", MaxBytes+1), ErrTooLarge},
	} {
		if _, err := ReadPicture(t.Context(), strings.NewReader(test.sent)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func TestAWholePictureIsTurnedAsItWasSeen(t *testing.T) {
	stored := image.NewRGBA(image.Rect(0, 0, 3, 2))
	corner := color.RGBA{255, 0, 0, 255}
	stored.SetRGBA(0, 0, corner)
	for turn, want := range map[int]image.Point{
		1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 2}, 8: {0, 2},
	} {
		got := wholeTurned(stored, turn)
		if wide := turn < 5; wide != (got.Bounds().Dx() == 3) || got.RGBAAt(want.X, want.Y) != corner {
			t.Errorf("turn %d: %v, its first corner not at %v", turn, got.Bounds(), want)
		}
	}
}
