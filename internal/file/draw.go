package file

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// upright cuts a square out of a picture, brings it near to LargeSide and turns
// it the way the camera was held. Small pictures are turned faster than large
// ones, so the order is this.
func upright(drawn image.Image, turn int) image.Image {
	cut := square(drawn.Bounds(), turn)
	side := min(cut.Dx(), LargeSide)
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src) // behind what is transparent
	kernel := draw.Interpolator(draw.CatmullRom)
	if cut.Dx() > 4*side {
		kernel = draw.BiLinear // as good at this distance, in half the time
	}
	kernel.Scale(small, small.Bounds(), drawn, cut, draw.Over, nil)
	return turned(small, turn)
}

// square is the part of a picture that is kept: the middle of one that is wider
// than high; of one that is higher than wide, what begins a fifth of the rest
// below its top, because that is where faces are. Turn says where its top is.
func square(all image.Rectangle, turn int) image.Rectangle {
	side := min(all.Dx(), all.Dy())
	over := max(all.Dx(), all.Dy()) - side
	wide, sideways := all.Dx() > all.Dy(), turn >= 5
	off := over / 2
	if wide == sideways { // upright it is higher than wide
		off = over / 5
		if turn == 3 || turn == 4 || turn >= 7 { // its top is below, or on the right
			off = over - off
		}
	}
	corner := all.Min.Add(image.Pt(0, off))
	if wide {
		corner = all.Min.Add(image.Pt(off, 0))
	}
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}
}

// turned undoes one of the eight orientations of EXIF (CIPA DC-008, tag 0x0112):
// it returns the square s as the camera saw it.
func turned(s *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return s
	}
	last := s.Bounds().Dx() - 1
	out := image.NewRGBA(s.Bounds())
	for y := range last + 1 {
		for x := range last + 1 {
			fromX, fromY := source(turn, x, y, last)
			out.SetRGBA(x, y, s.RGBAAt(fromX, fromY))
		}
	}
	return out
}

// source says which pixel of a square, last pixels wide and one, belongs at (x, y).
func source(turn, x, y, last int) (fromX, fromY int) {
	switch turn {
	case 2: // seen in a mirror
		return last - x, y
	case 3: // upside down
		return last - x, last - y
	case 4:
		return x, last - y
	case 5:
		return y, x
	case 6: // the camera was turned to the left
		return y, last - x
	case 7:
		return last - y, last - x
	case 8: // the camera was turned to the right
		return last - y, x
	}
	return x, y
}

// scaled brings a square to side pixels.
func scaled(square image.Image, side int) image.Image {
	if square.Bounds().Dx() == side {
		return square
	}
	out := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(out, out.Bounds(), square, square.Bounds(), draw.Src, nil)
	return out
}
