package organiser

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	_ "golang.org/x/image/webp" // decoder

	"obrady/internal/errs"
	"obrady/internal/web"
)

// picture is one that was drawn anew, so that it carries nothing but what is seen.
type picture struct {
	Type  string
	Bytes []byte
}

const (
	mostPixels  = 40_000_000
	mostSent    = 6 << 20   // bytes of a file as it comes
	mostPicture = 512 << 10 // bytes of the picture as it is kept
)

// readPicture reads a PNG, JPEG or WebP of at most 40 million pixels, measured before it is unpacked. Whatever else is
// in the file – a second format, scripts, where a photograph was taken – is left behind. No file at all is no picture.
func readPicture(f web.File) (picture, error) {
	sent, err := io.ReadAll(io.LimitReader(f, mostSent+1))
	switch {
	case err != nil:
		return picture{}, err
	case len(sent) == 0 && f.Name == "":
		return picture{}, nil
	case len(sent) > mostSent:
		return picture{}, about("organiser.logo.too_large", mostSent>>20)
	case bytes.Contains(bytes.ToLower(sent[:min(len(sent), 1024)]), []byte("<svg")):
		return picture{}, about("organiser.logo.svg")
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(sent))
	if err != nil {
		return picture{}, about("organiser.logo.unreadable")
	}
	if size.Width < 1 || size.Height < 1 || size.Width > mostPixels/size.Height {
		return picture{}, about("organiser.logo.too_many_pixels", mostPixels/1_000_000)
	}
	drawn, _, err := image.Decode(bytes.NewReader(sent))
	if err != nil {
		return picture{}, about("organiser.logo.unreadable")
	}
	return redraw(drawn, format)
}

func redraw(drawn image.Image, format string) (kept picture, err error) {
	var out bytes.Buffer
	kept.Type = "image/png"
	if format == "jpeg" {
		kept.Type = "image/jpeg"
		err = jpeg.Encode(&out, drawn, &jpeg.Options{Quality: 88})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, drawn)
	}
	if err != nil {
		return picture{}, err
	}
	if out.Len() > mostPicture {
		return picture{}, about("edition.picture_too_large", mostPicture>>10)
	}
	kept.Bytes = out.Bytes()
	return kept, nil
}

// about is a problem of the field of the picture.
func about(key string, args ...any) error {
	var wrong errs.Problems
	wrong.Add("image", key, args...)
	return wrong.Err()
}
