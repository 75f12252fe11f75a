package file

import (
	"bytes"
	"encoding/binary"
)

// kind is one of the formats that are taken in.
type kind struct {
	begins func(sent []byte) bool
	refuse func(sent []byte) error  // what this format may hold that is no photograph
	exif   func(sent []byte) []byte // the EXIF data, or nothing
}

var jpegKind = kind{
	begins: func(sent []byte) bool { return bytes.HasPrefix(sent, []byte("\xFF\xD8\xFF")) },
	refuse: func(sent []byte) error {
		if bytes.Count(sent, []byte("\xFF\xDA")) > mostScans {
			return ErrUnreadable // it is made to keep a decoder busy
		}
		return nil
	},
	exif: exifOfJPEG,
}

var pngKind = kind{
	begins: func(sent []byte) bool { return bytes.HasPrefix(sent, []byte("\x89PNG\r\n\x1A\n")) },
	refuse: func(sent []byte) error { return still(chunkOfPNG(sent, "acTL")) },
	exif:   func(sent []byte) []byte { return chunkOfPNG(sent, "eXIf") },
}

var webpKind = kind{
	begins: func(sent []byte) bool {
		return len(sent) > 15 && string(sent[:4]) == "RIFF" && string(sent[8:12]) == "WEBP"
	},
	refuse: func(sent []byte) error { return still(chunkOfWebP(sent, "ANIM")) },
	exif: func(sent []byte) []byte {
		return bytes.TrimPrefix(chunkOfWebP(sent, "EXIF"), []byte(exifMark)) // some programs leave it there
	},
}

// still refuses a picture that has a chunk about animation.
func still(animation []byte) error {
	if animation != nil {
		return ErrAnimated
	}
	return nil
}

// look finds the format by the first bytes, whatever the file is called, and
// refuses what is no single photograph.
func look(sent []byte) (kind, error) {
	for _, k := range []kind{jpegKind, pngKind, webpKind} {
		if !k.begins(sent) {
			continue
		}
		if twoThings(sent) {
			return k, ErrTwoThings
		}
		return k, k.refuse(sent)
	}
	return kind{}, refusal(sent)
}

// refusal says what somebody who sent something else may do.
func refusal(sent []byte) error {
	head := bytes.ToLower(sent[:min(len(sent), 1024)])
	switch {
	case len(head) > 11 && string(head[4:8]) == "ftyp":
		return ErrHEIC // HEIC and AVIF, and films, begin alike
	case bytes.HasPrefix(head, []byte("gif8")):
		return ErrAnimated
	case bytes.Contains(head, []byte("<svg")):
		return ErrSVG
	}
	return ErrNoPicture
}

// twoThings says whether a picture is also something that another program would
// open: a document, a page with script, an archive. What is drawn anew holds
// nothing of it; but nobody sends such a file by accident.
func twoThings(sent []byte) bool {
	if bytes.Contains(sent[:min(len(sent), 1024)], []byte("%PDF-")) {
		return true
	}
	lower := make([]byte, len(sent)) // bytes.ToLower would take the picture for letters
	for i, c := range sent {
		if lower[i] = c; 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	for _, mark := range []string{"<script", "<!doctype html", "<?php"} {
		if bytes.Contains(lower, []byte(mark)) {
			return true
		}
	}
	return endsAsZIP(sent)
}

// endsAsZIP looks for the end of a ZIP's directory, whose last two fixed bytes
// say how long the comment behind it is (APPNOTE 6.3.10, 4.3.16).
func endsAsZIP(sent []byte) bool {
	const fixed = 22
	tail := sent[max(0, len(sent)-fixed-1<<16):]
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < fixed {
		return false
	}
	return at+fixed+int(binary.LittleEndian.Uint16(tail[at+fixed-2:])) <= len(tail)
}

// exifMark stands in front of EXIF data in a JPEG (CIPA DC-008, 4.7.2).
const exifMark = "Exif\x00\x00"

// exifOfJPEG walks the segments up to the first scan.
func exifOfJPEG(sent []byte) []byte {
	for at := 2; at+4 <= len(sent) && sent[at] == 0xFF && sent[at+1] != 0xDA; {
		end := at + 2 + int(binary.BigEndian.Uint16(sent[at+2:]))
		if end > len(sent) || end < at+4 {
			return nil
		}
		if content := sent[at+4 : end]; sent[at+1] == 0xE1 && bytes.HasPrefix(content, []byte(exifMark)) {
			return content[len(exifMark):]
		}
		at = end
	}
	return nil
}

// chunkOfPNG returns the content of the first chunk called name. Chunks behind
// the picture count as well: decoders read them.
func chunkOfPNG(sent []byte, name string) []byte {
	for at := 8; at+12 <= len(sent); {
		length := int64(binary.BigEndian.Uint32(sent[at:]))
		end := int64(at) + 12 + length
		if end > int64(len(sent)) {
			return nil
		}
		if string(sent[at+4:at+8]) == name {
			return sent[at+8 : int64(at)+8+length]
		}
		at = int(end)
	}
	return nil
}

// chunkOfWebP returns the content of the first chunk called name.
func chunkOfWebP(sent []byte, name string) []byte {
	for at := 12; at+8 <= len(sent); {
		length := int64(binary.LittleEndian.Uint32(sent[at+4:]))
		end := int64(at) + 8 + length
		if end > int64(len(sent)) {
			return nil
		}
		if string(sent[at:at+4]) == name {
			return sent[at+8 : end]
		}
		at = int(end + length%2) // chunks are padded to an even length
	}
	return nil
}

// turn is the orientation of the picture, 1 to 8; 1 where nothing is said.
func (k kind) turn(sent []byte) int {
	data := k.exif(sent)
	if len(data) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(data[:2]) == "II" {
		order = binary.LittleEndian
	}
	directory := int64(order.Uint32(data[4:]))
	if directory+2 > int64(len(data)) {
		return 1
	}
	entries := data[directory+2:]
	for range order.Uint16(data[directory:]) {
		const size, orientation = 12, 0x0112
		if len(entries) < size {
			return 1
		}
		if value := int(order.Uint16(entries[8:])); order.Uint16(entries) == orientation && value >= 1 && value <= 8 {
			return value
		}
		entries = entries[size:]
	}
	return 1
}
