package steps

import (
	"context"
	"fmt"
	"time"

	"github.com/sockspec/sockspec/specs"
)

type stdinArgs struct {
	Data  *Data `spec:"data,short" help:"the data to write"`
	Close bool  `spec:"close" help:"true: the pipe is closed, so that the program sees the end"`
}

func (a *stdinArgs) check(n *specs.Node) specs.Errors {
	if a.Data == nil && !a.Close {
		return specs.Errors{n.Errorf("wants data, or close: true")}
	}
	return nil
}

// stdin writes to the standard input of a program, closes it, or both.
func stdin(ctx context.Context, e *Env, a *stdinArgs) (None, error) {
	pipe := e.Via.program.stdin
	if pipe == nil {
		return None{}, Failed{"standard input was given as a whole by run, and is no pipe"}
	}
	if a.Data != nil {
		process := e.Via
		e.Via = pipe
		_, err := writeVerb(ctx, e, &writeArgs{Data: *a.Data})
		e.Via = process
		if err != nil {
			return None{}, err
		}
	}
	if a.Close {
		return None{}, e.log("close", 0, pipe.closeName(), pipe.shown)
	}
	return None{}, nil
}

type outputArgs struct {
	Until *untilArg `spec:"until" help:"take what comes up to these bytes, and with them; or all of it (eof). Without it a line is taken"`
}

// outputResult is what a step has taken from the output of a program.
type outputResult struct {
	Data *Received `result:"data" help:"the line, without its newline; with until, up to that text and with it"`
	EOF  bool      `result:"eof" help:"true where the output has ended: the data is what was left of it"`
}

func (r *outputResult) results() Results { return Results{{"data", r.Data}, {"eof", r.EOF}} }

func stdout(ctx context.Context, e *Env, a *outputArgs) (outputResult, error) {
	return e.takeOutput(ctx, e.Via.program.stdout, a.Until)
}

func stderr(ctx context.Context, e *Env, a *outputArgs) (outputResult, error) {
	return e.takeOutput(ctx, e.Via.program.stderr, a.Until)
}

// takeOutput waits for a piece of a program's output. It blocks where that is not
// in the pipe yet, and fails where it cannot come any more.
func (e *Env) takeOutput(ctx context.Context, o *output, until *untilArg) (outputResult, error) {
	p, t := e.Via.program, &taking{until: until}
	for {
		last := p.hasEnded() // asked before the pipe is: nothing comes in between
		piece, what, changed := o.next(t, last)
		if what == nothing {
			e.block(func() bool { return !p.hasEnded() && o.waits(t) })
			if err := e.waitFor(ctx, changed); err != nil {
				return outputResult{}, e.logOutput(o, -1, nil, err)
			}
			continue
		}
		e.logOutput(o, int64(piece.size), piece.data, nil)
		p.tell()
		switch {
		case what == full:
			return outputResult{}, Failed{fmt.Sprintf("%s of the program has more than the %s that are kept of it (limits: output), and what was waited for is not among them", o.name, byteCount(o.limit))}
		case what == leftover && !e.takesEnd(until, &piece):
			e.awaitEnd(ctx, p)
			return outputResult{}, Failed{fmt.Sprintf("%s ended before %s came: %s", o.name, wantedOf(until), p.words())}
		}
		return outputResult{NewReceived(piece.data), piece.eof}, nil
	}
}

// closing is how long a program may take from the end of its output to exit(2),
// where it has closed that itself. No event tells that it lives on; then the failure
// comes so much later.
const closing = time.Second

// awaitEnd waits for the end of a program whose output has ended, within the time of
// the step.
func (e *Env) awaitEnd(ctx context.Context, p *program) {
	ctx, cancel := e.limited(ctx, 0)
	defer cancel()
	p.awaitEnd(ctx, closing)
}

// takesEnd tells whether the end of the output is an answer: where it was asked
// for, where what is left is a line but for its newline, and where the step
// expects to see it.
func (e *Env) takesEnd(until *untilArg, p *piece) bool {
	return until != nil && until.eof || until == nil && len(p.data) > 0 || e.expected().Names("eof")
}

// wantedOf says what a step waited for.
func wantedOf(until *untilArg) string {
	if until == nil {
		return "a line"
	}
	stop, _ := until.data.Small()
	return quoteShort(stop)
}

// logOutput keeps what was taken for the log, as the read(2) that it is for a
// program that reads a pipe.
func (e *Env) logOutput(o *output, n int64, b []byte, err error) error {
	return e.log("read", n, err, FD{Num: o.number, Kind: o.short()}, shownData(b, err), int64(room))
}

// short is stdout or stderr.
func (o *output) short() string {
	if o.name == "standard output" {
		return "stdout"
	}
	return "stderr"
}
