package steps

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net/netip"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// What a call gives comes out of the other process as it went in.
func TestValuesSurvive(t *testing.T) {
	long := NewReceived(nil)
	long.Stream(true, nil)
	long.Append(bytes.Repeat([]byte("ab"), streamKept))
	for _, v := range []any{
		nil, true, false, int64(-7), 1.5, "a\xff\x00text", 3 * time.Second, syscall.EPIPE,
		AddressFrom(netip.MustParseAddrPort("127.0.0.1:80")), AddressFrom(netip.MustParseAddrPort("[fe80::1%lo]:80")),
		UnixAddress("/tmp/\xff"), UnixAddress("\x00name"), UnixAddress(""), Address{}, DecodeSockaddr([]byte{200, 0, 1, 2}),
		Constant{1, "SOCK_STREAM"}, Set{"POLLIN", "POLLOUT"}, map[string]Set{"a": {"POLLIN"}, "b": {}},
		Struct{{"onoff", int64(1)}, {"list", []any{int64(1), "x"}}}, map[string]any{"a": []any{nil}},
	} {
		w, err := toWire(v)
		if err != nil {
			t.Errorf("%v: %v", v, err)
			continue
		}
		got, err := w.value()
		if err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%#v came out as %#v, %v", v, got, err)
		}
	}
	w := long.toWire()
	got, err := w.received()
	if err != nil || got.Len() != long.Len() || got.SHA256() != long.SHA256() || !bytes.Equal(got.Head(), long.Head()) {
		t.Errorf("received data came out as %v, %v", got, err)
	}
	if _, err := toWire(make(chan int)); err == nil {
		t.Error("a channel went to another process")
	}
}

// said is a process that says something and hears nothing.
type said struct{ io.Reader }

func (said) Write(b []byte) (int, error) { return len(b), nil }
func (said) Close() error                { return nil }

// framed is messages as they are sent.
func framed(texts ...string) string {
	var b []byte
	for _, text := range texts {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(text))), text...)
	}
	return string(b)
}

// callOn makes a call in a process that says what it wants.
func callOn(t testing.TB, says string) error {
	r := NewRemote(said{strings.NewReader(says)}, func() string { return "exit status 1" })
	defer r.Close()
	e := &Env{World: new(World), Net: &Network{}, OnBlocked: func(still func() bool) { still() }}
	table := Default()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	results, err := r.Call(ctx, e, table.Find("recv"), RemoteCall{Step: new(specs.Step)})
	new(Expect).Judge(&Outcome{Results: results, Calls: e.Calls})
	for _, c := range e.Calls {
		_ = c.String()
	}
	for _, h := range e.Made {
		h.Address()
		h.Peer()
	}
	return err
}

var hostile = []struct{ says, err string }{
	{"", "its process has ended: exit status 1"},
	{"\xff\xff\xff\xff", "its process has ended"},
	{framed("{"), "its process has ended"},
	{framed(`{"kind":"done"}`), "not what came of it"},
	{framed(`{"kind":"done","answer":{"made":[7]}}`), "does not say which"},
	{framed(`{"kind":"done","answer":{"results":[{"name":"data","value":{"k":7,"n":-1}}]}}`), "contradicts itself"},
	{framed(`{"kind":"done","answer":{"results":[{"name":"data","value":{"k":200}}]}}`), "unknown kind"},
	{framed(`{"kind":"done","answer":{"results":[{"name":"from","value":{"k":8,"n":99}}]}}`), "unknown form"},
	{framed(`{"kind":"done","answer":{"tuples":[[],[{}],null]}}`), ""},
	{framed(`{"kind":"done","answer":{"handles":[{"id":1,"number":-5}],"made":[1,1],"calls":[{"args":[null]}]}}`), ""},
	{framed(`{"kind":"blocked"}`, `{"kind":"answer","id":1,"yes":true}`), "its process has ended"},
	{framed(`{"kind":"blocked"}`, `{"kind":"blocked"}`), "its process has ended"},
	{framed(`{"kind":"blocked"}`, `{"kind":"done","answer":{}}`), ""},
	{strings.Repeat(framed(`{"kind":"blocked"}`), 100), "its process has ended"},
	{framed(`{"kind":"diag"}`, `{"kind":"destroy","ends":[{}]}`, `{"kind":"steal"}`), `"steal"`},
	{framed(`{"kind":"done","answer":{"error":{"errno":11,"text":"eA=="}}}`), "resource temporarily unavailable"},
}

func TestHostileProcess(t *testing.T) {
	for _, c := range hostile {
		err := callOn(t, c.says)
		if got := ""; err != nil {
			if got = err.Error(); c.err == "" || !strings.Contains(got, c.err) {
				t.Errorf("%q: got %q, want %q", c.says, got, c.err)
			}
		} else if c.err != "" {
			t.Errorf("%q: got no error, want %q", c.says, c.err)
		}
	}
}

func FuzzHostileProcess(f *testing.F) {
	for _, c := range hostile {
		f.Add(c.says)
	}
	f.Fuzz(func(t *testing.T, says string) {
		if len(says) >= 4 {
			// The length is right, so that something comes of it.
			says = framed(says[4:]) + says
		}
		callOn(t, says)
	})
}
