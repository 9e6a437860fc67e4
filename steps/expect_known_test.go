package steps

import (
	"fmt"
	"strings"
	"testing"
)

// TestBeforeTheCall is what an Expect tells before anything came.
func TestBeforeTheCall(t *testing.T) {
	for _, c := range []struct{ expect, want string }{
		{`{}`, ``},
		{`{error: EPIPE}`, `wants-error always-error`},
		{`{error: $(x)}`, `wants-error always-error`},
		{`{any: {a: {error: EPIPE}, b: {}}}`, `wants-error labels=a,b`},
		{`{any: {a: {error: EPIPE}, b: {error: EAGAIN}}}`, `wants-error always-error labels=a,b`},
		{`{any: {a: {}, b: {}}}`, `labels=a,b`},
		{`{blocks: true}`, `blocks=1`},
		{`{blocks: false}`, `blocks=2`},
		{`{blocks: 200ms}`, `blocks=3,200ms`},
		{`{blocks: {until: a.b}}`, `blocks=4,a.b`},
		{`{any: {a: {blocks: true}}}`, `labels=a`},
		{`{data: {matches: "(?P<x>.)(?P<y>.)"}, any: {a: {data: {matches: "(?P<z>.)"}}, b: {data: {matches: "(?P<z>.)"}}}}`,
			`labels=a,b groups=x,y,z`},
		{`{from: bob:80}`, `needs-place`},
		{`{from: dir/sock}`, `needs-place`},
		{`{from: /sock}`, ``},
		{`{control: [{addr: bob:80}]}`, `needs-place`},
	} {
		e, errs := CompileExpect(expectNode(t, c.expect, nil), fixture["recv"])
		if len(errs) > 0 {
			t.Errorf("%s: %v", c.expect, errs)
			continue
		}
		if got := beforeTheCall(e); got != c.want {
			t.Errorf("%s\ngot:  %s\nwant: %s", c.expect, got, c.want)
		}
	}
}

func beforeTheCall(e *Expect) string {
	var words []string
	say := func(word string, say bool) {
		if say {
			words = append(words, word)
		}
	}
	say("wants-error", e.WantsError())
	say("always-error", e.AlwaysError())
	switch b := e.Blocks(); b.Kind {
	case BlocksUnsaid:
	case BlocksFor:
		words = append(words, fmt.Sprintf("blocks=%d,%s", b.Kind, b.For))
	case BlocksUntil:
		words = append(words, fmt.Sprintf("blocks=%d,%s", b.Kind, b.Until.Text))
	default:
		words = append(words, fmt.Sprintf("blocks=%d", b.Kind))
	}
	say("labels="+strings.Join(e.Labels(), ","), len(e.Labels()) > 0)
	say("groups="+strings.Join(e.NamedGroups(), ","), len(e.NamedGroups()) > 0)
	say("needs-place", e.NeedsPlace())
	return strings.Join(words, " ")
}

// TestKnownLengthAndStreams is what decides how data is received.
func TestKnownLengthAndStreams(t *testing.T) {
	sum := `{sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824`
	for _, c := range []struct{ expect, want string }{
		{`hello`, `known 5`},
		{`{data: {hex: 00 01}}`, `known 2`},
		{`{data: [ab, {text: x, times: 3}]}`, `known 5`},
		{`{data: {random: 3MiB}}`, `known 3145728, streams against 3145728`},
		{`{data: {random: 1MiB}}`, `known 1048576`},
		{`{data: {file: no/such}}`, `known 0 but for files, streams against a file`},
		{`{data: {text: ab, contains: a}}`, `known 2`},
		{`{data: {random: 3MiB, length: 3MiB}}`, `known 3145728, streams against 3145728`},
		{`{data: {random: 3MiB, contains: a}}`, `known 3145728`},
		{`$(x)`, ``},
		{`[$(x), a]`, ``},
		{`{data: {hex: $(x)}}`, ``},
		{`{data: {in: [hello]}}`, ``},
		{`{data: {not: hello}}`, ``},
		{`{any: {a: hello}}`, ``},
		{`{data: {length: 5}}`, `streams`},
		{`{data: ` + sum + `}}`, `streams sum`},
		{`{data: ` + sum + `, length: 5}}`, `streams sum`},
		{`{data: ` + sum + `, prefix: x}}`, ``},
		{`{length: 5}`, `streams`},
		{`{}`, `streams`},
		{`{any: {a: {data: ` + sum + `}}, b: {data: {random: 2MiB}}}}`, `streams sum against 2097152`},
		{`{any: {a: {data: {random: 3MiB}}, b: {data: {random: 2MiB}}}}`, ``},
		{`{any: {a: {data: {random: 3MiB}}, b: {data: hello}}}`, ``},
	} {
		var words []string
		e := compiled(t, "recv", c.expect)
		if n, d, ok := e.KnownLength(); ok {
			word := fmt.Sprintf("known %d", n)
			if !d.Known() {
				word += " but for files"
			}
			words = append(words, word)
		}
		if sum, against, ok := e.Streams(); ok {
			word := "streams"
			if sum {
				word += " sum"
			}
			if against != nil {
				word += fmt.Sprintf(" against %d", against.Len())
				if !against.Known() {
					word = "streams against a file"
				}
			}
			words = append(words, word)
		}
		if got := strings.Join(words, ", "); got != c.want {
			t.Errorf("%s\ngot:  %s\nwant: %s", c.expect, got, c.want)
		}
	}
}

// TestStreamed judges data of which only the head was kept.
func TestStreamed(t *testing.T) {
	e := compiled(t, "recv", `{data: {random: 3MiB, seed: 7, sha256: 0000000000000000000000000000000000000000000000000000000000000000}}`)
	sum, against, ok := e.Streams()
	if !ok {
		t.Fatal("does not stream")
	}
	receive := func(spoil int64) *Received {
		r := &Received{}
		r.Stream(sum, against)
		from, n := against.Open(), int64(0)
		for b := from.Next(4096); len(b) > 0; b = from.Next(4096) {
			b = append([]byte(nil), b...)
			if spoil >= n && spoil < n+int64(len(b)) {
				b[spoil-n] ^= 1
			}
			n += int64(len(b))
			r.Append(b)
		}
		return r
	}
	if bad := e.Check(came("data", receive(-1))); len(bad) != 1 || !strings.HasPrefix(bad[0].Want, "sha256") {
		t.Error(bad)
	}
	bad := e.Check(came("data", receive(2_000_000)))
	if len(bad) != 2 || bad[0].Diff.At != 2_000_000 {
		t.Fatal(bad)
	}
	lines := diffText(bad[0].Diff)
	if !strings.Contains(lines, "(not kept)") || !strings.Contains(lines, "differ from byte 2000000 on") {
		t.Error(lines)
	}
}
