package people

import "time"

// Subject is somebody about whom data are kept: as an account, as a person of
// the programme, or as both. Empty fields are not known.
type Subject struct {
	Account AccountID
	Person  PersonID
	Email   string
}

// Extract is what one part of the house keeps about a subject, for the subject
// to read and to take away.
type Extract struct {
	Part string // the key of the sentence that names the part
	Rows []map[string]any
}

// Outcome says what an erasure did in one part of the house.
type Outcome struct {
	Part       string    // the key of the sentence that names the part
	Gone, Kept int       // rows or places
	Why        string    // the key of the sentence that says why something is kept; empty when nothing is
	Until      time.Time // when what is kept goes as well; zero: it stays
}
