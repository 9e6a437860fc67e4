package steps

import (
	"bytes"
	"context"

	"github.com/sockspec/sockspec/specs"
)

// iovMax is UIO_MAXIOV: a call with more vectors is refused (readv(2)).
const iovMax = 1024

type writevArgs struct {
	Data []Data `spec:"data,short,required" help:"a list of data, which go out in one call"`
}

type readvArgs struct {
	Sizes []specs.Size `spec:"sizes,short,required" help:"a list of sizes, the room of each buffer, such as [4, 1KiB]; at most 1 GiB in all"`
}

func (a *readvArgs) check(n *specs.Node) specs.Errors {
	total := int64(0)
	for _, size := range a.Sizes {
		if total += int64(size); size > maxRoom || total > maxRoom {
			return specs.Errors{n.Errorf("one call has room for 1 GiB at most")}
		}
	}
	return nil
}

// readvResult has what each buffer got.
type readvResult struct {
	Data   []any `result:"data" help:"what each buffer got, in the order of the sizes: a list of data; \"\" where nothing was left for it"`
	Length int64 `result:"length" help:"how many bytes came in all"`
	EOF    bool  `result:"eof" help:"true at the end of a stream, or of a SOCK_SEQPACKET connection"`
}

// vectors divide a stretch of bytes.
type vectors struct {
	lengths []int64
	count   int64 // how many the call is told; wrong perhaps
}

// total is how many bytes they have room for.
func (v vectors) total() int64 {
	sum := int64(0)
	for _, n := range v.lengths {
		sum += n
	}
	return sum
}

// cut gives the stretch b, which begins at byte `from` of all vectors, as pieces.
func (v vectors) cut(b []byte, from int64) [][]byte {
	var pieces [][]byte
	at := int64(0) // where the vector begins
	for _, n := range v.lengths {
		begin, end := max(at, from), min(at+n, from+int64(len(b)))
		if begin < end || n == 0 && at >= from && at <= from+int64(len(b)) {
			pieces = append(pieces, b[begin-from:max(begin, end)-from])
		}
		at += n
	}
	return pieces
}

// writev writes all data of the list. On a blocking stream it returns when the
// kernel has taken every byte; what is left of a call that took some is written
// by a further writev with the vectors that are left.
func writev(ctx context.Context, e *Env, a *writevArgs) (lengthResult, error) {
	list, count := a.Data, e.raw("iovcnt", int64(len(a.Data)))
	if count >= 0 && count < int64(len(list)) {
		list = list[:count]
	}
	all, lengths, err := e.joined(list)
	if err != nil {
		return lengthResult{}, err
	}
	v := vectors{lengths, count}
	o := outgoing{e: e}
	o.call = func(fd int, b []byte) (int, error) {
		pieces, count := v.cut(b, o.sent), v.count
		if int64(len(b)) < all.Len() && count >= 0 && count <= iovMax {
			count = int64(len(pieces)) // the vectors that are left
		}
		return sysWritev(fd, pieces, count)
	}
	err = o.transfer(ctx, all)
	return lengthResult{o.sent}, e.log("writev", o.sent, err, e.Via.shown, shownVectors(v.cut(o.head, 0), lengths), count)
}

// joined is the data of a list, one after the other, and the length of each.
func (e *Env) joined(list []Data) (*Data, []int64, error) {
	all := &Data{}
	lengths := make([]int64, len(list))
	for i := range list {
		d, err := list[i].Bind(e.World.Tmp, e.World.Own()...)
		if err != nil {
			return nil, nil, err
		}
		switch lengths[i] = d.Len(); {
		case len(d.parts) > 0:
			all.parts = append(all.parts, d.parts...)
		case len(d.small) > 0:
			all.parts = append(all.parts, dataPart{literal: d.small, times: 1})
		}
	}
	all.seal()
	return all, lengths, nil
}

// shownVectors are the vectors in the log of calls: [{base="ab", len=2}]. Of
// long data only the beginning is there.
func shownVectors(pieces [][]byte, lengths []int64) []any {
	const most = 8
	list := make([]any, 0, min(len(lengths), most+1))
	for i, n := range lengths {
		if i == most {
			return append(list, "...")
		}
		var b []byte
		if i < len(pieces) {
			b = pieces[i]
		}
		list = append(list, Struct{{"iov_base", b}, {"iov_len", n}})
	}
	return list
}

// readv reads once, into several buffers that are filled one after the other.
func readv(ctx context.Context, e *Env, a *readvArgs) (readvResult, error) {
	lengths := make([]int64, len(a.Sizes))
	for i, size := range a.Sizes {
		lengths[i] = int64(size)
	}
	v := vectors{lengths, e.raw("iovcnt", int64(len(lengths)))}
	if v.count >= 0 && v.count < int64(len(lengths)) {
		v.lengths = lengths[:v.count]
	}
	in := intake{e: e, ctx: ctx, how: MayWait, name: "readv", received: NewReceived(nil)}
	in.goal = goal{room: int(v.total()), once: true, need: -1}
	in.call = v.receiver(e)
	in.shown = func(n int64, b []byte, err error) {
		var buffers any
		if err == nil {
			buffers = shownVectors(v.cut(bytes.Clone(b), 0), v.lengths)
		}
		e.log("readv", n, err, e.Via.shown, buffers, v.count)
	}
	err := in.run()
	if err != nil {
		return readvResult{}, err
	}
	whole, _ := in.received.Whole()
	r := readvResult{Length: in.length, EOF: in.last.eof}
	for _, n := range lengths {
		n = min(n, int64(len(whole)))
		r.Data = append(r.Data, NewReceived(whole[:n:n]))
		whole = whole[n:]
	}
	return r, nil
}

// receiver is one readv(2). From a SOCK_SEQPACKET socket it is recvmsg(2), which
// tells an empty message from the end.
func (v vectors) receiver(e *Env) receiver {
	return func(fd int, b []byte, _ int64) (m message, err error) {
		if e.Via.Type == sockSeqpacket && v.count == int64(len(v.lengths)) {
			return receivePacket(e.kernel, fd, b, 0)
		}
		m.n, err = sysReadv(fd, v.cut(b, 0), v.count)
		m.eof = m.n == 0 && len(b) > 0 && e.Via.stream()
		return m, err
	}
}
