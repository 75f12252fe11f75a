// Package file takes in the picture that somebody of the congress sends of
// themselves, and keeps nothing of it but what is seen.
//
// A picture is measured before it is unpacked, turned upright, cut to a square
// and drawn anew, so that where it was taken, by what camera, and whatever else
// was hidden in the file stay behind. What cannot be a photograph is refused
// with a sentence that says what to send instead.
package file

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // decoder
	"io"

	_ "golang.org/x/image/webp" // decoder

	"obrady/internal/errs"
)

// Locale holds the sentences that say why a picture was refused.
//
//go:embed locale/*.json
var Locale embed.FS

// Limits of what is taken in, and what comes of it.
const (
	MaxBytes    = 8 << 20
	MaxPixels   = 40_000_000
	LeastPixels = 160 // of the shorter side
	LargeSide   = 640 // of the square that pages show
	SmallSide   = 160 // of the square that lists show
	quality     = 85  // of the JPEG, by image/jpeg's scale
	mostScans   = 100 // of a progressive JPEG; cameras write about ten
	decodersNow = 2   // pictures unpacked at once: each may take 300 MB
)

// Why a picture is refused.
var (
	ErrEmpty      = errs.New(errs.Invalid, "file.empty")
	ErrTooLarge   = errs.New(errs.Invalid, "file.too_large", MaxBytes>>20)
	ErrPixels     = errs.New(errs.Invalid, "file.too_many_pixels", MaxPixels/1_000_000)
	ErrTooSmall   = errs.New(errs.Invalid, "file.too_small", LeastPixels)
	ErrHEIC       = errs.New(errs.Invalid, "file.heic")
	ErrSVG        = errs.New(errs.Invalid, "file.svg")
	ErrAnimated   = errs.New(errs.Invalid, "file.animated")
	ErrCMYK       = errs.New(errs.Invalid, "file.cmyk")
	ErrTwoThings  = errs.New(errs.Invalid, "file.two_things")
	ErrNoPicture  = errs.New(errs.Invalid, "file.no_picture")
	ErrUnreadable = errs.New(errs.Invalid, "file.unreadable")
)

// Portrait is a picture as it is kept: two squares in JPEG without metadata.
type Portrait struct{ Large, Small []byte }

// decoding lets in as many pictures at once as memory is meant for.
var decoding = make(chan struct{}, decodersNow)

// ReadPortrait reads a JPEG, PNG or WebP and draws it anew, or says by one of
// the errors above why not. It waits its turn, at most until ctx ends.
func ReadPortrait(ctx context.Context, r io.Reader) (Portrait, error) {
	sent, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return Portrait{}, fmt.Errorf("read picture: %w", err)
	case len(sent) == 0:
		return Portrait{}, ErrEmpty
	case len(sent) > MaxBytes:
		return Portrait{}, ErrTooLarge
	}
	kind, err := look(sent)
	if err != nil {
		return Portrait{}, err
	}
	if err := measure(sent); err != nil {
		return Portrait{}, err
	}
	select {
	case decoding <- struct{}{}:
		defer func() { <-decoding }()
	case <-ctx.Done():
		return Portrait{}, fmt.Errorf("wait to unpack a picture: %w", ctx.Err())
	}
	drawn, _, err := image.Decode(bytes.NewReader(sent))
	if err != nil {
		return Portrait{}, ErrUnreadable // the decoder's own words help nobody
	}
	return portray(upright(drawn, kind.turn(sent)))
}

// measure reads the head of the picture and nothing behind it.
func measure(sent []byte) error {
	size, _, err := image.DecodeConfig(bytes.NewReader(sent))
	switch {
	case err != nil:
		return ErrUnreadable
	case size.Width < 1 || size.Height < 1 || size.Width > MaxPixels/size.Height:
		return ErrPixels
	case min(size.Width, size.Height) < LeastPixels:
		return ErrTooSmall
	case size.ColorModel == color.CMYKModel:
		return ErrCMYK
	}
	return nil
}

// portray writes the square in both sizes.
func portray(square image.Image) (p Portrait, err error) {
	if p.Large, err = encode(scaled(square, min(LargeSide, square.Bounds().Dx()))); err != nil {
		return p, err
	}
	p.Small, err = encode(scaled(square, SmallSide))
	return p, err
}

func encode(drawn image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, drawn, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("write picture: %w", err)
	}
	return out.Bytes(), nil
}
