package db

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// sum is a SHA-256 that grows with what is written to it.
type sum struct{ hash.Hash }

func newSum() sum { return sum{sha256.New()} }

func (s sum) String() string { return hex.EncodeToString(s.Sum(nil)) }
