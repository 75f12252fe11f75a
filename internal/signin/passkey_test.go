package signin

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
)

// device is a key as a telephone keeps it, written from the standard (WebAuthn 3, 6.1 and 6.5). The journeys in the
// browser use Chromium's; this one can be made to do what is wrong.
type device struct {
	t      *testing.T
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte // of the account
	count  uint32
	site   string // whose page it believes to be on
	host   string // whose key it believes to be
}

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &device{t: t, key: key, id: []byte(rand.Text()), site: "https://kongres.example", host: "kongres.example"}
}

// copied is another device with the same key, which counts from where it was copied.
func (v *device) copied() *device { twin := *v; return &twin }

// question is what the server asks for.
type question struct {
	PublicKey struct {
		Challenge string
		User      struct{ ID string }
	}
}

func (v *device) read(b Begun) (q question) {
	v.t.Helper()
	if err := json.Unmarshal(b.Options, &q); err != nil {
		v.t.Fatal(err)
	}
	return q
}

func (v *device) clientData(kind, challenge string) []byte {
	v.t.Helper()
	written, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": v.site, "crossOrigin": false})
	if err != nil {
		v.t.Fatal(err)
	}
	return written
}

const (
	present, verified, attested = 0x01, 0x04, 0x40
)

// authenticatorData says for which host, how certain, and how often so far.
func (v *device) authenticatorData(flags byte) []byte {
	host := sha256.Sum256([]byte(v.host))
	return binary.BigEndian.AppendUint32(append(host[:], flags), v.count)
}

// create answers a question for a new key.
func (v *device) create(b Begun) Answer {
	v.t.Helper()
	q := v.read(b)
	v.handle, _ = base64.RawURLEncoding.DecodeString(q.PublicKey.User.ID)
	point, err := v.key.PublicKey.Bytes()
	if err != nil {
		v.t.Fatal(err)
	}
	data := v.authenticatorData(present | verified | attested)
	data = append(data, make([]byte, 16)...) // of no known make
	data = binary.BigEndian.AppendUint16(data, uint16(len(v.id)))
	data = append(data, v.id...)
	// COSE_Key in CBOR: kty EC2, alg ES256, crv P-256, x, y.
	data = append(data, 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20)
	data = append(append(append(data, point[1:33]...), 0x22, 0x58, 0x20), point[33:]...)
	var object bytes.Buffer // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}
	object.WriteString("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59")
	object.Write(binary.BigEndian.AppendUint16(nil, uint16(len(data))))
	object.Write(data)
	return v.answer(b, "mine", map[string]any{
		"clientDataJSON": coded(v.clientData("webauthn.create", q.PublicKey.Challenge)), "attestationObject": coded(object.Bytes()),
	})
}

// get answers a question for a key that is there.
func (v *device) get(b Begun, browser string) Answer {
	v.t.Helper()
	client := v.clientData("webauthn.get", v.read(b).PublicKey.Challenge)
	data := v.authenticatorData(present | verified)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(bytes.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, v.key, sum[:])
	if err != nil {
		v.t.Fatal(err)
	}
	return v.answer(b, browser, map[string]any{
		"clientDataJSON": coded(client), "authenticatorData": coded(data), "signature": coded(signature), "userHandle": coded(v.handle),
	})
}

func (v *device) answer(b Begun, browser string, response map[string]any) Answer {
	v.t.Helper()
	written, err := json.Marshal(map[string]any{
		"id": coded(v.id), "rawId": coded(v.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{},
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return Answer{Ticket: b.Ticket, Browser: browser, JSON: written}
}

func coded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (o *door) beginKey() Begun {
	o.t.Helper()
	b, err := o.BeginPasskey(o.t.Context(), "mine")
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

func (o *door) beginNewKey(account people.AccountID) Begun {
	o.t.Helper()
	b, err := o.BeginNewPasskey(o.t.Context(), account, "mine")
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

// withKey is a door at which Ada has a key that has counted to five.
func withKey(t *testing.T, d *db.DB) (*door, people.Account, *device) {
	t.Helper()
	o := newDoor(t, d)
	ada, v := o.enterAs("ada@example.org"), newDevice(t)
	v.count = 5
	if err := o.AddPasskey(t.Context(), ada.ID, " mój  telefon ", v.create(o.beginNewKey(ada.ID))); err != nil {
		t.Fatal(err)
	}
	return o, ada, v
}

func TestAPasskeyLetsItsOwnerIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o, ada, v := withKey(t, d)
		for range 3 {
			v.count++
			entry, err := o.EnterByPasskey(t.Context(), v.get(o.beginKey(), "mine"))
			if err != nil || entry.Account.ID != ada.ID || entry.Way != ByPasskey {
				t.Fatalf("EnterByPasskey = %+v, %v, want Ada", entry, err)
			}
		}
		keys, err := o.Passkeys(t.Context(), ada.ID)
		if err != nil || len(keys) != 1 || keys[0].Name != "mój telefon" || keys[0].UsedAt == nil {
			t.Errorf("Passkeys = %+v, %v, want the one, used", keys, err)
		}
	})
}

func TestAKeyThatDoesNotCountLetsInAsWell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		ada, v := o.enterAs("ada@example.org"), newDevice(t)
		if err := o.AddPasskey(t.Context(), ada.ID, "", v.create(o.beginNewKey(ada.ID))); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := o.EnterByPasskey(t.Context(), v.get(o.beginKey(), "mine")); err != nil {
				t.Errorf("EnterByPasskey = %v, want to be let in", err)
			}
		}
	})
}

func TestKeysThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer func(o *door, v *device) Answer
	}{
		{"on the page of another site", func(o *door, v *device) Answer { v.site = "https://kongres.evil"; return v.get(o.beginKey(), "mine") }},
		{"for another host", func(o *door, v *device) Answer { v.host = "evil.example"; return v.get(o.beginKey(), "mine") }},
		{"in another browser", func(o *door, v *device) Answer { return v.get(o.beginKey(), "other") }},
		{"to a question too old", func(o *door, v *device) Answer {
			a := v.get(o.beginKey(), "mine")
			o.at = o.at.Add(ceremonyLife)
			return a
		}},
		{"to another question", func(o *door, v *device) Answer {
			a := v.get(o.beginKey(), "mine")
			a.Ticket = o.beginKey().Ticket
			return a
		}},
		{"to no question", func(o *door, v *device) Answer { a := v.get(o.beginKey(), "mine"); a.Ticket = "guess"; return a }},
		{"to a question for a new key", func(o *door, v *device) Answer {
			a := v.get(o.beginKey(), "mine")
			a.Ticket = o.beginNewKey(people.AccountID(v.handle)).Ticket
			return a
		}},
		{"a second time", func(o *door, v *device) Answer {
			a := v.get(o.beginKey(), "mine")
			if _, err := o.EnterByPasskey(o.t.Context(), a); err != nil {
				o.t.Fatal(err)
			}
			return a
		}},
		{"by a copy", func(o *door, v *device) Answer {
			twin := v.copied()
			if _, err := o.EnterByPasskey(o.t.Context(), v.get(o.beginKey(), "mine")); err != nil {
				o.t.Fatal(err)
			}
			return twin.get(o.beginKey(), "mine")
		}},
		{"by another key under its name", func(o *door, v *device) Answer { v.key = newDevice(o.t).key; return v.get(o.beginKey(), "mine") }},
		{"that nobody knows", func(o *door, v *device) Answer { v.id = []byte("unknown"); return v.get(o.beginKey(), "mine") }},
		{"of nobody", func(o *door, v *device) Answer { v.handle = []byte("nobody"); return v.get(o.beginKey(), "mine") }},
		{"that was removed", func(o *door, v *device) Answer {
			if err := o.RemovePasskey(o.t.Context(), people.AccountID(v.handle), keyID(v.id)); err != nil {
				o.t.Fatal(err)
			}
			return v.get(o.beginKey(), "mine")
		}},
		{"that says nothing", func(o *door, _ *device) Answer { return Answer{Ticket: o.beginKey().Ticket, Browser: "mine"} }},
		{"that says nonsense", func(o *door, _ *device) Answer {
			return Answer{Ticket: o.beginKey().Ticket, Browser: "mine", JSON: []byte(`{"id": 7}`)}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				o, _, v := withKey(t, d)
				v.count++
				if entry, err := o.EnterByPasskey(t.Context(), test.answer(o, v)); !errors.Is(err, ErrPasskey) {
					t.Errorf("EnterByPasskey = %+v, %v, want ErrPasskey", entry, err)
				}
			})
		})
	}
}

func TestKeysAreTheirOwnersAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o, ada, v := withKey(t, d)
		ola := o.enterAs("ola@example.org")
		if err := o.RenamePasskey(t.Context(), ola.ID, keyID(v.id), "mine"); !errors.Is(err, ErrNoPasskey) {
			t.Errorf("renamed by another: %v, want ErrNoPasskey", err)
		}
		if err := o.RemovePasskey(t.Context(), ola.ID, keyID(v.id)); !errors.Is(err, ErrNoPasskey) {
			t.Errorf("removed by another: %v, want ErrNoPasskey", err)
		}
		if err := o.RenamePasskey(t.Context(), ada.ID, keyID(v.id), "klucz"); err != nil {
			t.Error(err)
		}
		if err := o.RenamePasskey(t.Context(), ada.ID, keyID(v.id), string(bytes.Repeat([]byte("ż"), 61))); !errors.Is(err, ErrNameLong) {
			t.Errorf("a name that is too long: %v, want ErrNameLong", err)
		}
		for name, account := range map[string]people.AccountID{"again": ada.ID, "to another account": ola.ID} {
			if err := o.AddPasskey(t.Context(), account, "", v.create(o.beginNewKey(account))); !errors.Is(err, ErrPasskey) {
				t.Errorf("the same key %s: %v, want ErrPasskey", name, err)
			}
		}
		question := o.beginNewKey(ada.ID)
		if err := o.AddPasskey(t.Context(), ola.ID, "", newDevice(t).create(question)); !errors.Is(err, ErrPasskey) {
			t.Errorf("an answer to another's question: %v, want ErrPasskey", err)
		}
	})
}

func TestThereAreNoPasskeysUnderANumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, err := NewService(d, time.Now, Config{BaseURL: "http://127.0.0.1:8080"})
		if err != nil || s.HasPasskeys() {
			t.Errorf("NewService = %v, passkeys: %v, want none", err, s.HasPasskeys())
		}
		if _, err := s.BeginPasskey(t.Context(), "mine"); !errors.Is(err, ErrNoPasskeys) {
			t.Errorf("BeginPasskey = %v, want ErrNoPasskeys", err)
		}
	})
}
