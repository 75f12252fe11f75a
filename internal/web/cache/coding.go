package cache

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

type packed struct{ gzip, zstd []byte }

func pack(content []byte) (packed, error) {
	var g bytes.Buffer
	zipper, err := gzip.NewWriterLevel(&g, gzip.BestCompression)
	if err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	if _, err := zipper.Write(content); err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	if err := zipper.Close(); err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	z, err := zstandard()
	if err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	defer encoders.Put(z)
	return packed{g.Bytes(), z.EncodeAll(content, nil)}, nil
}

// encoders keeps encoders for as long as pages are being drawn; each holds some 4 MB.
var encoders sync.Pool

func zstandard() (*zstd.Encoder, error) {
	if z, ok := encoders.Get().(*zstd.Encoder); ok {
		return z, nil
	}
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression),
		zstd.WithWindowSize(512<<10), zstd.WithLowerEncoderMem(true))
}

func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml") ||
		kind == "text/javascript" || kind == "application/javascript"
}

// accepted returns the better of zstd and gzip that header takes, or "" (RFC 9110, 12.5.3).
func accepted(header string) string {
	best := ""
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, weighed := strings.Cut(strings.TrimSpace(part), ";")
		if weighed {
			q, isQ := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			if f, err := strconv.ParseFloat(q, 64); isQ && (err != nil || f == 0) {
				continue
			}
		}
		switch strings.TrimSpace(coding) {
		case "zstd":
			return "zstd"
		case "gzip", "*":
			best = "gzip"
		}
	}
	return best
}
