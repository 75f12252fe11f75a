package file

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
)

// MaxMark is the most bytes that a mark may have as it is kept.
const MaxMark = 512 << 10

// Mark is the mark of a funder or an organiser: drawn anew, with its edges as they came.
type Mark struct {
	Type  string // image/png or image/jpeg
	Bytes []byte
}

// ReadMark reads a JPEG, PNG or WebP and draws it anew, or says by one of the
// errors of this package why not. Nothing at all is ErrEmpty.
func ReadMark(ctx context.Context, r io.Reader) (Mark, error) {
	sent, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return Mark{}, fmt.Errorf("read a mark: %w", err)
	case len(sent) == 0:
		return Mark{}, ErrEmpty
	case len(sent) > MaxBytes:
		return Mark{}, ErrTooLarge
	}
	if _, err := look(sent); err != nil {
		return Mark{}, err
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(sent))
	switch {
	case err != nil:
		return Mark{}, ErrUnreadable
	case size.Width < 1 || size.Height < 1 || size.Width > MaxPixels/size.Height:
		return Mark{}, ErrPixels
	}
	select {
	case decoding <- struct{}{}:
		defer func() { <-decoding }()
	case <-ctx.Done():
		return Mark{}, fmt.Errorf("wait to unpack a mark: %w", ctx.Err())
	}
	drawn, _, err := image.Decode(bytes.NewReader(sent))
	if err != nil {
		return Mark{}, ErrUnreadable
	}
	return redraw(drawn, format)
}

// redraw keeps photographs in JPEG and everything else, which may be see-through, in PNG.
func redraw(drawn image.Image, format string) (m Mark, err error) {
	var out bytes.Buffer
	if m.Type = "image/png"; format == "jpeg" {
		m.Type = "image/jpeg"
		err = jpeg.Encode(&out, drawn, &jpeg.Options{Quality: quality})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, drawn)
	}
	switch {
	case err != nil:
		return Mark{}, fmt.Errorf("write a mark: %w", err)
	case out.Len() > MaxMark:
		return Mark{}, ErrTooLarge
	}
	m.Bytes = out.Bytes()
	return m, nil
}
