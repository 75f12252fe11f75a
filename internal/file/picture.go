package file

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"io"

	"golang.org/x/image/draw"
)

// PictureSide is the longer side of a picture as pages show it whole.
const PictureSide = 1600

// ReadPicture reads a JPEG, PNG or WebP of a place or a thing and draws it anew,
// whole and upright, as a JPEG no larger than PictureSide; or says by one of the
// errors of this package why not. It waits its turn, at most until ctx ends.
func ReadPicture(ctx context.Context, r io.Reader) (Mark, error) {
	sent, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return Mark{}, fmt.Errorf("read a picture: %w", err)
	case len(sent) == 0:
		return Mark{}, ErrEmpty
	case len(sent) > MaxBytes:
		return Mark{}, ErrTooLarge
	}
	kind, err := look(sent)
	if err != nil {
		return Mark{}, err
	}
	if err := measure(sent); err != nil {
		return Mark{}, err
	}
	select {
	case decoding <- struct{}{}:
		defer func() { <-decoding }()
	case <-ctx.Done():
		return Mark{}, fmt.Errorf("wait to unpack a picture: %w", ctx.Err())
	}
	drawn, _, err := image.Decode(bytes.NewReader(sent))
	if err != nil {
		return Mark{}, ErrUnreadable
	}
	written, err := encode(wholeTurned(fitted(drawn), kind.turn(sent)))
	return Mark{Type: "image/jpeg", Bytes: written}, err
}

// fitted brings a picture to at most PictureSide, on white where something shines through.
func fitted(drawn image.Image) *image.RGBA {
	w, h := drawn.Bounds().Dx(), drawn.Bounds().Dy()
	if longer := max(w, h); longer > PictureSide {
		w, h = max(1, w*PictureSide/longer), max(1, h*PictureSide/longer)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(out, out.Bounds(), drawn, drawn.Bounds(), draw.Over, nil)
	return out
}

// wholeTurned undoes one of the eight orientations of EXIF, as turned does for squares.
func wholeTurned(s *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return s
	}
	lastX, lastY := s.Bounds().Dx()-1, s.Bounds().Dy()-1
	out := image.NewRGBA(s.Bounds())
	if turn >= 5 { // it lay on its side
		out = image.NewRGBA(image.Rect(0, 0, lastY+1, lastX+1))
	}
	for y := range out.Bounds().Dy() {
		for x := range out.Bounds().Dx() {
			from := [...]image.Point{
				{lastX - x, y}, {lastX - x, lastY - y}, {x, lastY - y}, {y, x}, {y, lastY - x}, {lastX - y, lastY - x}, {lastX - y, x},
			}[turn-2]
			out.SetRGBA(x, y, s.RGBAAt(from.X, from.Y))
		}
	}
	return out
}
