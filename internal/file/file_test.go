package file

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"obrady/internal/i18n"
)

var (
	red    = color.RGBA{255, 0, 0, 255}
	green  = color.RGBA{0, 255, 0, 255}
	blue   = color.RGBA{0, 0, 255, 255}
	yellow = color.RGBA{255, 255, 0, 255}
)

// quarters is a picture of four colours: red and green above, blue and yellow below.
func quarters(width, height int) *image.RGBA {
	drawn := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := [4]color.RGBA{red, green, blue, yellow}[x*2/width+y*2/height*2]
			drawn.SetRGBA(x, y, c)
		}
	}
	return drawn
}

func asJPEG(t *testing.T, drawn image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, drawn, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t *testing.T, drawn image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, drawn); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withEXIF puts EXIF data with an orientation, and words that must not survive, into a JPEG.
func withEXIF(sent []byte, turn int, order binary.AppendByteOrder) []byte {
	mark := map[binary.AppendByteOrder]string{binary.BigEndian: "MM", binary.LittleEndian: "II"}[order]
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = append(order.AppendUint16(tiff, uint16(turn)), 0, 0, 0, 0, 0, 0)
	tiff = append(tiff, canary...)
	segment := append([]byte(exifMark), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xFF, 0xD8, 0xFF, 0xE1}, uint16(len(segment)+2))
	return append(append(head, segment...), sent[2:]...)
}

const canary = "KANAREK-GPS-50.2649N"

// withChunk puts a chunk behind the head of a PNG.
func withChunk(sent []byte, name string, content []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	body := append([]byte(name), content...)
	chunk = binary.BigEndian.AppendUint32(append(chunk, body...), crc32.ChecksumIEEE(body))
	const head = 8 + 25 // signature and IHDR
	return append(append(append([]byte{}, sent[:head]...), chunk...), sent[head:]...)
}

// claiming is a PNG that says it is width by height, and is not.
func claiming(t *testing.T, width, height uint32) []byte {
	sent := asPNG(t, quarters(200, 200))
	binary.BigEndian.PutUint32(sent[16:], width)
	binary.BigEndian.PutUint32(sent[20:], height)
	binary.BigEndian.PutUint32(sent[29:], crc32.ChecksumIEEE(sent[12:29]))
	return sent
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func decoded(t *testing.T, content []byte) image.Image {
	t.Helper()
	drawn, format, err := image.Decode(bytes.NewReader(content))
	if err != nil || format != "jpeg" {
		t.Fatalf("what was kept is %q, %v, want a JPEG", format, err)
	}
	return drawn
}

// near says whether the pixel in the middle of a quarter has about the colour c.
func near(drawn image.Image, quarter int, c color.RGBA) bool {
	side := drawn.Bounds().Dx()
	r, g, b, _ := drawn.At(side/4+quarter%2*side/2, side/4+quarter/2*side/2).RGBA()
	off := func(got uint32, want uint8) bool { return max(int(got>>8), int(want))-min(int(got>>8), int(want)) < 40 }
	return off(r, c.R) && off(g, c.G) && off(b, c.B)
}

func TestPicturesAreKept(t *testing.T) {
	flat := asJPEG(t, quarters(900, 900))
	noise := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for i := range noise.Pix {
		noise.Pix[i] = byte(rand.Uint32())
	}
	transparent := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	for _, test := range []struct {
		name string
		sent []byte
		side int
	}{
		{"a JPEG", flat, LargeSide},
		{"a small one, which is not made larger", asJPEG(t, quarters(200, 200)), 200},
		{"a wide one", asJPEG(t, quarters(1500, 700)), LargeSide},
		{"a PNG", asPNG(t, quarters(800, 800)), LargeSide},
		{"a PNG that one sees through", asPNG(t, transparent), 200},
		{"noise, in which marks of other formats could turn up", asPNG(t, noise), 200},
		{"a progressive JPEG", sample(t, "progressive.jpg"), 200},
		{"a WebP", sample(t, "turned.webp"), 200},
		{"one with the trailer of a phone behind it", append(append([]byte{}, flat...), "MotionPhoto_Data"...), LargeSide},
	} {
		t.Run(test.name, func(t *testing.T) {
			kept, err := ReadPortrait(t.Context(), bytes.NewReader(test.sent))
			if err != nil {
				t.Fatalf("ReadPortrait = %v, want it kept", err)
			}
			if got := decoded(t, kept.Large).Bounds(); got != image.Rect(0, 0, test.side, test.side) {
				t.Errorf("the large one is %v, want %d square", got, test.side)
			}
			if got := decoded(t, kept.Small).Bounds(); got != image.Rect(0, 0, SmallSide, SmallSide) {
				t.Errorf("the small one is %v, want %d square", got, SmallSide)
			}
		})
	}
}

// What the camera wrote beside the picture is gone, and the picture stands upright, whichever way the camera was held.
func TestPicturesStandUprightAndTellNothing(t *testing.T) {
	// The colours that a viewer shows, from the left above to the right below, by orientation.
	shown := [9][4]color.RGBA{
		1: {red, green, blue, yellow}, 2: {green, red, yellow, blue}, 3: {yellow, blue, green, red},
		4: {blue, yellow, red, green}, 5: {red, blue, green, yellow}, 6: {blue, red, yellow, green},
		7: {yellow, green, blue, red}, 8: {green, yellow, red, blue},
	}
	check := func(t *testing.T, sent []byte, turn int) {
		t.Helper()
		kept, err := ReadPortrait(t.Context(), bytes.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range [][]byte{kept.Large, kept.Small} {
			if bytes.Contains(one, []byte("KANAREK")) || bytes.Contains(one, []byte("Exif")) {
				t.Errorf("orientation %d: metadata survived", turn)
			}
			for quarter, want := range shown[turn] {
				if !near(decoded(t, one), quarter, want) {
					t.Errorf("orientation %d: quarter %d is not %v", turn, quarter, want)
				}
			}
		}
	}
	for turn := 1; turn <= 8; turn++ {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			sent := withEXIF(asJPEG(t, quarters(400, 400)), turn, order)
			if !bytes.Contains(sent, []byte(canary)) {
				t.Fatal("the canary is not in what is sent")
			}
			check(t, sent, turn)
		}
	}
	check(t, sample(t, "turned.webp"), 6)
	check(t, sample(t, "turned.png"), 6)
}

// The face of a portrait is above its middle, also when the camera was held sideways.
func TestSquareKeepsTheFace(t *testing.T) {
	for _, test := range []struct {
		name          string
		width, height int
		turn          int
		want          image.Rectangle
	}{
		{"wide: the middle", 300, 200, 1, image.Rect(50, 0, 250, 200)},
		{"high: near the top", 200, 300, 1, image.Rect(0, 20, 200, 220)},
		{"high, upside down: near what is below", 200, 300, 3, image.Rect(0, 80, 200, 280)},
		{"lying, its top on the left", 300, 200, 6, image.Rect(20, 0, 220, 200)},
		{"lying, its top on the right", 300, 200, 8, image.Rect(80, 0, 280, 200)},
		{"standing, in truth wide", 200, 300, 6, image.Rect(0, 50, 200, 250)},
	} {
		if got := square(image.Rect(0, 0, test.width, test.height), test.turn); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	flat := asJPEG(t, quarters(300, 300))
	drawing := asPNG(t, quarters(300, 300))
	scans := append(append([]byte{}, flat...), bytes.Repeat([]byte("\xFF\xDA\x00"), mostScans+1)...)
	zip := "PK\x03\x04rest" + "PK\x05\x06" + strings.Repeat("\x00", 18)
	for _, test := range []struct {
		name string
		sent []byte
		want error
	}{
		{"nothing", nil, ErrEmpty},
		{"a file of more bytes than allowed", append(append([]byte{}, flat...), make([]byte, MaxBytes)...), ErrTooLarge},
		{"fifty thousand pixels square", claiming(t, 50_000, 50_000), ErrPixels},
		{"so wide that the area overflows", claiming(t, 1<<31-1, 1<<31-1), nil},
		{"too small to be seen", asPNG(t, quarters(LeastPixels-1, 400)), ErrTooSmall},
		{"a photo of a phone in HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), ErrHEIC},
		{"AVIF", []byte("\x00\x00\x00\x20ftypavif\x00\x00\x00\x00"), ErrHEIC},
		{"a drawing in SVG", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), ErrSVG},
		{"an animated GIF", sample(t, "animated.gif"), ErrAnimated},
		{"an animated PNG", sample(t, "animated.png"), ErrAnimated},
		{"an animated WebP", sample(t, "animated.webp"), ErrAnimated},
		{"a JPEG in colours for print", sample(t, "cmyk.jpg"), ErrCMYK},
		{"a page", []byte("<!DOCTYPE html><title>x</title>"), ErrNoPicture},
		{"a document", []byte("%PDF-1.7\n"), ErrNoPicture},
		{"a program", []byte("MZ\x90\x00"), ErrNoPicture},
		{"a table of Excel", []byte(zip), ErrNoPicture},
		{"a JPEG with a page in it", append(append([]byte{}, flat...), "<SCRIPT>alert(1)</SCRIPT>"...), ErrTwoThings},
		{"a PNG with a program of a server in it", withChunk(drawing, "tEXt", []byte("Comment\x00<?php system($_GET[0]);")), ErrTwoThings},
		{"a JPEG that is an archive as well", append(append([]byte{}, flat...), zip...), ErrTwoThings},
		{"a PNG that is a document as well", withChunk(drawing, "tEXt", []byte("a\x00%PDF-1.4")), ErrTwoThings},
		{"a JPEG that is cut off", flat[:len(flat)/2], ErrUnreadable},
		{"a JPEG without a picture", flat[:20], ErrUnreadable},
		{"a PNG that is cut off", drawing[:len(drawing)/2], ErrUnreadable},
		{"a PNG with a length that leads beyond its end", append(append([]byte{}, drawing[:33]...), "\xFF\xFF\xFF\xFFIDAT"...), ErrUnreadable},
		{"a WebP of nothing", []byte("RIFF\x10\x00\x00\x00WEBPVP8 \x00\x00"), ErrUnreadable},
		{"a JPEG of more scans than a camera writes", scans, ErrUnreadable},
	} {
		t.Run(test.name, func(t *testing.T) {
			kept, err := ReadPortrait(t.Context(), bytes.NewReader(test.sent))
			switch {
			case err == nil || len(kept.Large)+len(kept.Small) > 0:
				t.Errorf("ReadPortrait kept it, want %v", test.want)
			case test.want == nil: // any refusal will do
			case !errors.Is(err, test.want):
				t.Errorf("ReadPortrait = %v, want %v", err, test.want)
			}
		})
	}
}

// Whatever is cut off or turned over in a picture, it is kept whole or refused.
func TestDamagedPicturesDoNoHarm(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, sent := range map[string][]byte{
		"JPEG": withEXIF(asJPEG(t, quarters(200, 200)), 6, binary.LittleEndian),
		"PNG":  sample(t, "turned.png"), "WebP": sample(t, "turned.webp"),
	} {
		for range 100 {
			damaged := bytes.Clone(sent)[:1+random.IntN(len(sent))]
			for range random.IntN(4) {
				damaged[random.IntN(len(damaged))] ^= byte(1 + random.IntN(255))
			}
			kept, err := ReadPortrait(t.Context(), bytes.NewReader(damaged))
			if (err == nil) != (len(kept.Large) > 0 && len(kept.Small) > 0) {
				t.Fatalf("a damaged %s: %v with %d and %d bytes", name, err, len(kept.Large), len(kept.Small))
			}
		}
	}
}

// Who cannot wait for his turn goes away without a picture.
func TestPicturesWaitTheirTurn(t *testing.T) {
	for range decodersNow {
		decoding <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadPortrait(ctx, bytes.NewReader(asJPEG(t, quarters(200, 200)))); !errors.Is(err, context.Canceled) {
		t.Errorf("while others are drawn: %v, want the end of waiting", err)
	}
	for range decodersNow {
		<-decoding
	}
	if _, err := ReadPortrait(t.Context(), bytes.NewReader(asJPEG(t, quarters(200, 200)))); err != nil {
		t.Errorf("when it is its turn: %v, want it kept", err)
	}
}

// Every refusal has a sentence in both languages.
func TestRefusalsAreSaid(t *testing.T) {
	catalogue, err := i18n.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	for _, refused := range []interface{ Error() string }{
		ErrEmpty, ErrTooLarge, ErrPixels, ErrTooSmall, ErrHEIC, ErrSVG, ErrAnimated, ErrCMYK, ErrTwoThings, ErrNoPicture, ErrUnreadable,
	} {
		key, _, _ := strings.Cut(fmt.Sprint(refused), " ")
		for _, lang := range i18n.Langs {
			if catalogue.In(lang).T(key, 1) == key {
				t.Errorf("%s is not said in %s", key, lang)
			}
		}
	}
}
