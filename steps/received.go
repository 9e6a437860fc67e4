package steps

import (
	"bytes"
	"crypto/sha256"
	"hash"
)

// Received is the data that a call returned. By default all of it is kept;
// with [Received.Stream] only what the step's expectation needs is: a gigabyte
// passes through without being held.
type Received struct {
	kept    []byte
	n       int64
	hash    hash.Hash   // nil where nobody asks for the sum
	against *DataReader // nil where there is nothing to compare with on the way
	differ  int64       // where it first differed from against; -1 for nowhere
	stream  bool
}

// streamKept is how many bytes are kept of data that streams, for the report.
const streamKept = 64 << 10

// NewReceived takes b over.
func NewReceived(b []byte) *Received {
	return &Received{kept: b, n: int64(len(b)), differ: -1}
}

// Stream makes r forget what has passed, but for its head. It computes the
// SHA-256 sum on the way if sum, and compares with want unless it is nil.
func (r *Received) Stream(sum bool, want *Data) {
	r.stream, r.differ = true, -1
	if sum {
		r.hash = sha256.New()
	}
	if want != nil {
		r.against = want.Open()
	}
}

// Append adds what one call returned. It copies b.
func (r *Received) Append(b []byte) {
	if r.hash != nil {
		r.hash.Write(b)
	}
	if r.against != nil && r.differ < 0 {
		r.compare(b)
	}
	if !r.stream || len(r.kept) < streamKept {
		keep := b
		if r.stream {
			keep = b[:min(len(b), streamKept-len(r.kept))]
		}
		r.kept = append(r.kept, keep...)
	}
	r.n += int64(len(b))
}

// compare holds b, which begins at r.n, against what was wanted there.
func (r *Received) compare(b []byte) {
	at := r.n
	for len(b) > 0 {
		want := r.against.Next(len(b))
		if len(want) == 0 {
			r.differ = at
			return
		}
		if !bytes.Equal(want, b[:len(want)]) {
			i := 0
			for want[i] == b[i] {
				i++
			}
			r.differ = at + int64(i)
			return
		}
		at += int64(len(want))
		b = b[len(want):]
	}
}

// Len is the number of bytes received.
func (r *Received) Len() int64 { return r.n }

// Whole is all that was received; false where it was not all kept.
func (r *Received) Whole() ([]byte, bool) { return r.kept, r.n == int64(len(r.kept)) }

// Head is what was kept: everything, or the first 64 KiB of what streamed.
func (r *Received) Head() []byte { return r.kept }

// SHA256 is the sum of everything received.
func (r *Received) SHA256() [sha256.Size]byte {
	if r.hash != nil {
		return [sha256.Size]byte(r.hash.Sum(nil))
	}
	return sha256.Sum256(r.kept)
}

// Equal compares with want: at is the offset of the first byte that differs or
// is missing on one side.
func (r *Received) Equal(want *Data) (at int64, equal bool) {
	if r.against == nil {
		if small, ok := want.Small(); ok {
			return firstDifference(r.kept, small)
		}
		r = &Received{n: 0, against: want.Open(), differ: -1, stream: true, kept: r.kept}
		r.compare(r.kept)
		r.n = int64(len(r.kept))
	}
	if r.differ >= 0 {
		return r.differ, false
	}
	if r.n != want.Len() {
		return min(r.n, want.Len()), false
	}
	return 0, true
}

// firstDifference is where a and b part.
func firstDifference(a, b []byte) (int64, bool) {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return int64(i), false
		}
	}
	return int64(n), len(a) == len(b)
}

// String is the data as text, so that expressions can use it.
func (r *Received) String() string { return string(r.kept) }
