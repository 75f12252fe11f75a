package draw

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// printed is the seed of every test here that throws dice. Another number must do as well.
const printed = 20210520

func dice(t testing.TB, stream uint64) *rand.Rand {
	t.Helper()
	t.Logf("dice %d, %d", printed, stream)
	return rand.New(rand.NewPCG(printed, stream))
}

// someSeed is the nth of a row of seeds that stays the same from run to run.
func someSeed(n int) Seed { return sha256.Sum256(fmt.Appendf(nil, "%d seed %d", printed, n)) }

// someCode is the nth of a row of codes that stays the same from run to run.
func someCode(n int) Code {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d code %d", printed, n))
	return Code(base32.StdEncoding.EncodeToString(sum[:])[:lengthOfCode])
}

func someCodes(n int) []Code {
	codes := make([]Code, n)
	for i := range codes {
		codes[i] = someCode(i)
	}
	return codes
}

func TestSeedsAndCodesAreFreshAndWellFormed(t *testing.T) {
	seeds, codes := map[Seed]bool{}, map[Code]bool{}
	for range 1000 {
		seed, code := NewSeed(), NewCode()
		if !code.valid() {
			t.Fatalf("NewCode = %q, which is no code", code)
		}
		if again, err := ParseSeed(seed.Hex()); err != nil || again != seed {
			t.Fatalf("ParseSeed of what Hex wrote = %v, %v, want the same seed", again, err)
		}
		seeds[seed], codes[code] = true, true
	}
	if len(seeds) != 1000 || len(codes) != 1000 {
		t.Errorf("%d seeds and %d codes of 1000 were fresh, want all", len(seeds), len(codes))
	}
}

func TestASeedIsNotPrintedByAccident(t *testing.T) {
	seed := NewSeed()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, struct{ S Seed }{seed}); strings.Contains(got, seed.Hex()) || strings.Contains(got, "0x") {
			t.Errorf("%s prints %s, want nothing of the seed", verb, got)
		}
	}
	spoilt := strings.ToUpper(seed.Hex()) + "ff"
	if _, err := ParseSeed(spoilt); err == nil || strings.Contains(err.Error(), spoilt[:8]) {
		t.Errorf("ParseSeed of a spoilt seed = %v, want an error that does not quote it", err)
	}
}

func TestParseSeedTakesOneSpelling(t *testing.T) {
	good := someSeed(1).Hex()
	for name, text := range map[string]string{
		"nothing": "", "a digit short": good[1:], "a digit long": good + "0", "a byte long": good + "00",
		"large digits": strings.ToUpper(good), "another letter": "g" + good[1:], "a space": " " + good[1:],
	} {
		if got, err := ParseSeed(text); err == nil || got != (Seed{}) {
			t.Errorf("%s: ParseSeed = %x, %v, want a refusal and no seed", name, got[:], err)
		}
	}
}

// The figures were worked out with sha256sum and openssl, not with this package.
func TestOthersWorkOutTheSame(t *testing.T) {
	seed, err := ParseSeed("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := seed.Commitment(), "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"; got != want {
		t.Errorf("Commitment = %s, want %s", got, want)
	}
	codes := []Code{"BBBBBBBBBBBBBBBBBBBBBBBBBB", "AAAAAAAAAAAAAAAAAAAAAAAAAA", "CCCCCCCCCCCCCCCCCCCCCCCCCC"}
	if got, want := Fingerprint(codes), "1c955f7351f0133b6bc4cbf003e9d84e6d77339c83068463370b828a3718d8ce"; got != want {
		t.Errorf("Fingerprint = %s, want %s", got, want)
	}
	want := []Code{codes[0], codes[2], codes[1]}
	if got := Order(seed, codes); !slices.Equal(got, want) {
		t.Errorf("Order = %v, want %v", got, want)
	}
}

func TestFingerprintKnowsOneListFromAnother(t *testing.T) {
	codes := someCodes(50)
	whole := Fingerprint(codes)
	for i := range codes {
		if got := Fingerprint(slices.Delete(slices.Clone(codes), i, i+1)); got == whole {
			t.Errorf("without %s: the same fingerprint", codes[i])
		}
	}
	if got := Fingerprint(append(slices.Clone(codes), someCode(50))); got == whole {
		t.Error("with one more: the same fingerprint")
	}
	slices.Reverse(codes)
	if got := Fingerprint(codes); got != whole {
		t.Errorf("in another order: Fingerprint = %s, want %s", got, whole)
	}
}

func TestEqualLotsGoByCode(t *testing.T) {
	a, b := lot{code: "A"}, lot{code: "B"}
	if a.compare(b) >= 0 || b.compare(a) <= 0 {
		t.Errorf("compare = %d and %d, want A before B", a.compare(b), b.compare(a))
	}
}

// plainOrder is Order as somebody would write it who has only read its description.
func plainOrder(seed Seed, codes []Code) []Code {
	lots := make([]string, len(codes))
	for i, code := range codes {
		mac := hmac.New(sha256.New, seed[:])
		mac.Write([]byte(code))
		lots[i] = hex.EncodeToString(mac.Sum(nil)) + string(code)
	}
	slices.Sort(lots)
	order := make([]Code, len(lots))
	for i, l := range lots {
		order[i] = Code(l[2*sha256.Size:])
	}
	return order
}
