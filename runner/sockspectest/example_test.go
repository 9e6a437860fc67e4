package sockspectest_test

import (
	"context"
	"encoding/binary"
	"syscall"
	"testing"

	"github.com/sockspec/sockspec/runner/sockspectest"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// frameArgs is what stands behind recv_frame: a size, or {most: size}.
type frameArgs struct {
	Most specs.Size `spec:"most,short" help:"the longest frame, in bytes"`
}

// frameResults is what recv_frame gives.
type frameResults struct {
	Data []byte `result:"data" help:"what was in the frame"`
}

// recvFrame receives a frame: its length in two bytes, the highest first, then so
// many bytes. Each call goes through Env.Block, which makes the step blocked where
// the kernel has nothing yet.
func recvFrame(ctx context.Context, e *steps.Env, a *frameArgs) (r frameResults, err error) {
	head := make([]byte, 2)
	if err := fill(ctx, e, head); err != nil {
		return r, err
	}
	length := int64(binary.BigEndian.Uint16(head))
	if length > int64(a.Most) {
		return r, syscall.EMSGSIZE
	}
	r.Data = make([]byte, length)
	return r, fill(ctx, e, r.Data)
}

func fill(ctx context.Context, e *steps.Env, room []byte) error {
	for len(room) > 0 {
		var n int
		err := e.Block(ctx, e.Via, steps.Read, steps.MayWait, func(fd int) (err error) {
			n, err = syscall.Read(fd, room)
			return err
		})
		if err == nil && n == 0 {
			err = syscall.EPIPE
		}
		if err != nil {
			return err
		}
		room = room[n:]
	}
	return nil
}

// frameVerb is the row of the table.
func frameVerb() steps.Verb {
	v := steps.Define("recv_frame", "receives a frame", recvFrame)
	v.On = steps.SocketHandle
	return v
}

func TestMain(m *testing.M) { sockspectest.Main(m) }

// A package has its sockets tested by spec files, with a verb of its own.
func TestSockets(t *testing.T) {
	sockspectest.Run(t, "testdata/*.yaml", sockspectest.Verbs(frameVerb()), sockspectest.NoSkip())
}
