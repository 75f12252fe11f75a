package opening

import "bytes"

// verdict is what became of a press, as the answer says it.
type verdict byte

const (
	silent  verdict = iota // nothing that can be read
	held                   // a seat
	waiting                // a place on the waiting list
	refused
	offered
	ready // in the queue before the opening
)

var verdicts = map[string]verdict{
	"held": held, "waiting": waiting, "refused": refused, "offered": offered, "ready": ready,
}

// answered is what the answer to a press says.
type said struct {
	verdict verdict
	receipt int64 // the number that the receipt begins with
}

var (
	receiptKey = []byte(`"receipt":"`)
	stateKey   = []byte(`"state":"`)
)

// readVerdict reads what matters of the answer without parsing all of it: the crowd shares the machine with the
// server.
func readVerdict(body []byte) (s said) {
	for _, digit := range valueOf(body, receiptKey) {
		if digit < '0' || digit > '9' {
			break
		}
		s.receipt = 10*s.receipt + int64(digit-'0')
	}
	s.verdict = verdicts[string(valueOf(body, stateKey))]
	return s
}

// valueOf returns the text after key, up to the next quotation mark.
func valueOf(body, key []byte) []byte {
	at := bytes.Index(body, key)
	if at < 0 {
		return nil
	}
	rest := body[at+len(key):]
	if end := bytes.IndexByte(rest, '"'); end >= 0 {
		return rest[:end]
	}
	return nil
}
