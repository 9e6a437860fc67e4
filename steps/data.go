package steps

import (
	"fmt"
	"strings"
	"sync"
	"unsafe"
	"weak"

	"github.com/sockspec/sockspec/specs"
)

// Data is what a step sends or wants to receive: bytes, written down or made by
// a rule. It is never changed after it was made, takes no more memory than its
// spec, and may be used by many goroutines at once.
type Data struct {
	parts    []dataPart
	n        int64
	small    []byte      // all of it, where whole
	whole    bool        // it is one text, or at most smallAtOnce
	cache    *smallCache // of all other data that is known; else nil
	warnings []*specs.Error
}

// MaxData is how many bytes a Data may have in all: 1 TiB.
const MaxData = 1 << 40

const (
	// maxSmall is what [Data.Small] gives at most.
	maxSmall = 1 << 20
	// smallAtOnce is what is made of a rule when the spec is decoded: little, so
	// that a file of a million rules takes no memory out of proportion.
	smallAtOnce = 1 << 10
)

// smallCache finds the whole of some small data again for as long as somebody
// uses it: made points to its first byte.
type smallCache struct {
	mu   sync.Mutex
	made weak.Pointer[byte]
}

// NewData is the data of some bytes, which it takes over.
func NewData(b []byte) *Data {
	d := plainData(b)
	return &d
}

// plainData is the most ordinary data: bytes that are all there.
func plainData(b []byte) Data { return Data{n: int64(len(b)), small: b, whole: true} }

// Known tells whether the length and the bytes are known: a file has to be
// looked up first, by [Data.Bind], and an expression evaluated.
func (d *Data) Known() bool { return d.whole || d.cache != nil }

// Len is the number of bytes. While Known is false, files count nothing.
func (d *Data) Len() int64 { return d.n }

// Warnings are remarks on the spelling that are no mistakes.
func (d *Data) Warnings() []*specs.Error { return d.warnings }

// Small is all of the data where it is known and at most 1 MiB. The caller must
// not change it.
func (d *Data) Small() ([]byte, bool) {
	if d.whole {
		return d.small, true
	}
	if d.cache == nil || d.n > maxSmall {
		return nil, false
	}
	d.cache.mu.Lock()
	defer d.cache.mu.Unlock()
	if made := d.cache.made.Value(); made != nil {
		return unsafe.Slice(made, d.n), true
	}
	b, err := d.make()
	if err != nil {
		return nil, false
	}
	if len(b) > 0 {
		d.cache.made = weak.Make(&b[0])
	}
	return b, true
}

// Literal is the data where it is one text that stands in the spec, as it is or
// as {hex} or {base64}; false where it was made by a rule or joined.
func (d *Data) Literal() ([]byte, bool) {
	if len(d.parts) == 0 {
		return d.small, d.whole
	}
	return d.parts[0].literal, len(d.parts) == 1 && d.parts[0].isLiteral()
}

// make reads all of the data.
func (d *Data) make() ([]byte, error) {
	b := make([]byte, 0, d.n)
	r := d.Open()
	defer r.Close()
	for {
		next := r.Next(int(d.n))
		if len(next) == 0 {
			return b, r.Err()
		}
		b = append(b, next...)
	}
}

// seal computes what follows from the parts.
func (d *Data) seal() {
	d.n = 0
	unbound, files := false, false
	for i := range d.parts {
		p := &d.parts[i]
		d.n += p.len()
		unbound = unbound || p.unbound()
		files = files || p.file != nil
	}
	switch {
	case unbound:
	case len(d.parts) == 0:
		d.small, d.whole = []byte{}, true
	case len(d.parts) == 1 && d.parts[0].isLiteral() && d.n <= maxSmall:
		d.small, d.whole = d.parts[0].literal, true
	case d.n <= smallAtOnce && !files:
		d.small, _ = d.make()
		d.whole = true
	default:
		d.cache = &smallCache{}
	}
}

// Describe is the data in a few words, for reports: "hello", "ab" × 1000 (2000
// bytes), 1048576 random bytes (seed 7), file note.txt (12 bytes).
func (d *Data) Describe() string {
	if len(d.parts) == 0 {
		return (&dataPart{literal: d.small, times: 1}).describe()
	}
	const most = 3
	texts := make([]string, 0, most+1)
	for i := range d.parts {
		if i == most {
			texts = append(texts, fmt.Sprintf("%d more parts", len(d.parts)-most))
			break
		}
		texts = append(texts, d.parts[i].describe())
	}
	if len(texts) == 1 {
		return texts[0]
	}
	joined := strings.Join(texts, " + ")
	if !d.Known() {
		return joined
	}
	return fmt.Sprintf("%s (%d bytes)", joined, d.n)
}

// String is what Describe gives.
func (d *Data) String() string { return d.Describe() }
