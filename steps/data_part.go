package steps

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
)

// dataPart is one rule that bytes are made by: a text repeated, random bytes, or a
// file. Which one it is tells the first field that is not zero.
type dataPart struct {
	file    *dataFile
	random  int64 // number of bytes
	seed    int64 // of random
	literal []byte
	times   int64 // of literal
}

func (p *dataPart) isLiteral() bool { return p.file == nil && p.random == 0 && p.times == 1 }
func (p *dataPart) unbound() bool   { return p.file != nil && p.file.opened == "" }

// len is the number of bytes that the part makes.
func (p *dataPart) len() int64 {
	switch {
	case p.file != nil:
		return p.file.size
	case p.random > 0:
		return p.random
	}
	return int64(len(p.literal)) * p.times
}

// describe is the part in a few words.
func (p *dataPart) describe() string {
	switch {
	case p.unbound():
		return "file " + Printable(p.file.path)
	case p.file != nil:
		return fmt.Sprintf("file %s (%d bytes)", Printable(p.file.path), p.file.size)
	case p.random > 0:
		return fmt.Sprintf("%d random bytes (seed %d)", p.random, p.seed)
	case p.times != 1:
		return fmt.Sprintf("%s × %d (%d bytes)", quoteShort(p.literal), p.times, p.len())
	case len(p.literal) > shownBytes:
		return fmt.Sprintf("%s (%d bytes)", quoteShort(p.literal), len(p.literal))
	}
	return quote(p.literal)
}

// Random is where the bytes of {random: size, seed: s} come from: the ChaCha8
// generator of C2SP's chacha8rand, which Go has as math/rand/v2's ChaCha8. Its
// key of 32 bytes is the seed as 8 bytes, least significant first, and 24 zeros.
// In Go:
//
//	var key [32]byte
//	binary.LittleEndian.PutUint64(key[:], uint64(seed))
//	rand.NewChaCha8(key).Read(bytes)
func Random(seed int64) io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], uint64(seed))
	return rand.NewChaCha8(key)
}

// blockSize is about how much a reader makes in one go of what is shorter.
const blockSize = 64 << 10

// DataReader gives the bytes of some [Data] one piece after the other, in
// constant memory. It belongs to one goroutine.
type DataReader struct {
	parts []dataPart
	left  int64  // of the first of parts
	at    int64  // how far the first of parts has come
	block []byte // of a text that is repeated: as often as is handy
	room  []byte // what block, random bytes and files are put into
	from  io.Reader
	close func() error
	err   error
}

// Open begins at the first byte. The data must be Known.
func (d *Data) Open() *DataReader {
	if d.whole {
		return &DataReader{block: d.small, left: d.n}
	}
	r := &DataReader{parts: d.parts}
	r.begin()
	return r
}

// Next is the next bytes, at least one and at most limit, or none at the end. They
// are good until the call after, and the caller must not change them. A file
// that cannot be read to its end ends early: see Err.
func (r *DataReader) Next(limit int) []byte {
	for r.left == 0 {
		r.Close()
		if len(r.parts) < 2 {
			return nil
		}
		r.parts = r.parts[1:]
		r.begin()
	}
	limit = int(min(int64(max(limit, 0)), r.left))
	var b []byte
	if r.from != nil {
		b = r.read(limit)
	} else {
		off := int(r.at % int64(len(r.block)))
		b = r.block[off:min(off+limit, len(r.block))]
	}
	r.at += int64(len(b))
	r.left -= int64(len(b))
	return b
}

// Err is why the data ended early: a file that has changed since it was bound.
func (r *DataReader) Err() error { return r.err }

// Close lets go of a file that is being read. It is not needed after the end.
func (r *DataReader) Close() {
	if r.close != nil {
		r.close()
	}
	r.close, r.from = nil, nil
}

// begin prepares the first of the parts.
func (r *DataReader) begin() {
	if len(r.parts) == 0 {
		return
	}
	p := &r.parts[0]
	r.left, r.at = p.len(), 0
	switch {
	case r.left == 0:
	case p.file != nil:
		r.from, r.close, r.err = p.file.open()
		if r.err != nil {
			r.left, r.parts = 0, nil
		}
	case p.random > 0:
		r.from = Random(p.seed)
	default:
		r.block = r.repeat(p.literal, p.times)
	}
}

// repeat is b as often as a block has room for, and no more than times.
func (r *DataReader) repeat(b []byte, times int64) []byte {
	if times == 1 || len(b) >= blockSize {
		return b
	}
	n := int(min(times, int64(blockSize/len(b))))
	r.room = grow(r.room, n*len(b))
	block := r.room[:n*len(b)]
	for filled := copy(block, b); filled < len(block); {
		filled += copy(block[filled:], block[:filled])
	}
	return block
}

// read gets bytes from a file or a generator.
func (r *DataReader) read(limit int) []byte {
	limit = min(limit, blockSize)
	r.room = grow(r.room, limit)
	b := r.room[:limit]
	n, err := io.ReadFull(r.from, b)
	if err != nil {
		r.err = fmt.Errorf("%s: ended after %d of %d bytes", r.parts[0].describe(), r.at+int64(n), r.parts[0].len())
		r.left, r.parts = int64(n), nil
	}
	return b[:n]
}

// grow is a buffer of at least that size; what was in it is lost.
func grow(b []byte, size int) []byte {
	if cap(b) >= size {
		return b[:cap(b)]
	}
	return make([]byte, size)
}
