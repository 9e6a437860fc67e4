package specs

import (
	"fmt"
	"strings"
	"testing"
)

// parseText parses an expression that stands alone in a file.
func parseText(t *testing.T, text string) *Expr {
	t.Helper()
	n := &Node{Kind: Scalar, line: 1, col: 1, src: newSource("x", text), Text: text}
	e, err := parseExpr(newPlacer(n).whole())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

type fakeAddr struct{}

func (fakeAddr) String() string { return "127.0.0.1:80" }
func (fakeAddr) Member(name string) (any, bool) {
	return 80, name == "port"
}

type fakeErrno struct{}

func (fakeErrno) EqualTo(v any) bool { return v == "EPERM" || v == int64(1) }

var evalValues = map[string]any{
	"n": 3, "big": int64(1 << 62), "f": 2.5, "s": "abc", "t": true, "list": []any{int64(1), "b", []any{int64(7)}},
	"m": map[string]any{"k": "v"}, "addr": fakeAddr{}, "errno": fakeErrno{}, "server.child[2].recv.data": []byte("xyz"),
	"client[replica].x": 5, "replica": 1, "u": uint16(9), "none": nil, "a-key": 1,
}

func TestEval(t *testing.T) {
	for text, want := range map[string]any{
		"n + 1": int64(4), "n - 5": int64(-2), "n * 2 + 1": int64(7), "6 / n": int64(2), "7 / 2": 3.5, "7 % 4": int64(3), "-7 % 4": int64(-3),
		"2 ** 10": int64(1024), "2 ** -1": 0.5, "-n": int64(-3), "+f": 2.5, "f * 2": 5.0, "n + f": 5.5, "0x10 + 0b11 + 0o7": int64(26),
		"s + \"d\"": "abcd", "s + 'd'": "abcd", "len(s)": int64(3), "len(list)": int64(3), "upper(s)": "ABC", "lower('ÄB')": "äb", "len('ä')": int64(2),
		"n == 3": true, "n == 3.0": true, "n != 3": false, "s == 'abc'": true, "s < 'abd'": true, "n < 3.5": true, "1 < n < 5": true, "1 < n < 3": false,
		"9007199254740993 == 9007199254740992.0": false, "not t": false, "!t": false, "t and n > 2": true, "t && n > 3": false, "false || t": true,
		"false and 1 / 0 == 1": false, "true or nosuch": true, "t ? 1 : 2": int64(1), "n > 3 ? 'a' : 'b'": "b", "n in [1, 2, 3]": true, "n not in [1]": true,
		"'k' in m": true, "s contains 'b'": true, "list contains 'b'": true, "s not contains 'b'": false, "s startsWith 'a'": true, "s endsWith 'a'": false,
		"s matches '^a.c$'": true, "addr.port": int64(80), "addr.port + 1": int64(81), "addr == '127.0.0.1:80'": true, "'' + '' == ''": true,
		"errno == 'EPERM'": true, "1 == errno": true, "errno == 2": false, "server.child[2].recv.data": "xyz", "client[$(replica)].x + 1": int64(6),
		"m == m": true, "list == [1, 'b', [7]]": true, "u": int64(9), "none == nil": true, "[1, n][1]": int64(3), "(n + 1) * 2": int64(8), "$(n) + 1": int64(4),
		"'a)' + \"(\"": "a)(", "m['k']": "v", "list[2][0]": int64(7), "list[n - 2]": "b",
	} {
		e := parseText(t, text)
		got, err := e.Eval(lookup)
		if err != nil || fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", want, want) {
			t.Errorf("%s: got %T %v, %v; want %T %v", text, got, got, err, want, want)
		}
	}
}

// lookup finds the longest known beginning of a reference and walks on from there.
func lookup(r *Ref) (any, error) {
	if v, ok := evalValues[r.Text]; ok {
		return v, nil
	}
	v, ok := evalValues[r.Elems[0].Name]
	if !ok {
		return nil, fmt.Errorf("no %s", r.Text)
	}
	ev := &evaluation{expr: &Expr{Src: r.Src, Pos: r.Pos}, look: lookup}
	for i, el := range r.Elems {
		var err error
		if i > 0 {
			if v, err = ev.memberOf(&term{name: el.Name, line: 1, col: 1}, v); err != nil {
				return nil, err
			}
		}
		for _, x := range el.Index {
			k, err := x.Eval(lookup)
			if err != nil {
				return nil, err
			}
			if v, err = ev.indexOf(&term{line: 1, col: 1}, v, k); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

func TestEvalMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"n / 0":               "x:1:3: 3 / 0: a division by zero",
		"big * 4":             "x:1:5: 4611686018427387904 * 4 is beyond 64 bits",
		"big + big":           "x:1:5: 4611686018427387904 + 4611686018427387904 is beyond 64 bits",
		"3 ** 100":            "x:1:3: 3 ** 100 is beyond 64 bits",
		"s + n":               `x:1:3: + wants two numbers or two texts, got "abc" and 3`,
		"n and t":             "x:1:1: and wants true or false, got 3",
		"not s":               `x:1:5: not wants true or false, got "abc"`,
		"list[5]":             "x:1:1: index 5 of a list of 3 (indexes count from 0)",
		"len(n)":              "x:1:5: len wants a text, a list or a mapping, got 3",
		"n in 3":              "x:1:3: in wants a list, got 3",
		"s matches ('(' + s)": "x:1:16: not a pattern: missing closing ): `(abc`",
		"nosuch":              "no nosuch",
	} {
		_, err := parseText(t, text).Eval(lookup)
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestRefs(t *testing.T) {
	for text, want := range map[string]string{
		"replica":                    "replica@1",
		"server.accept[0].from.port": "server.accept[0].from.port@1",
		"a.b + c[d.e][1].f * len(g)": "a.b@1 c[d.e][1].f@7 d.e@9 g@25",
		"client[$(replica)].x":       "client[$(replica)].x@1 replica@10",
		"  x.y  ":                    "x.y@3",
		"a < b < c":                  "a@1 b@5 c@9",
		"a[b + 1].c == \"x.y\" or not (z in [w])": "a[b + 1].c@1 b@3 z@29 w@35",
	} {
		var got []string
		for _, r := range parseText(t, text).Refs {
			got = append(got, fmt.Sprintf("%s@%d", r.Text, r.Pos.Col))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: got %s, want %s", text, s, want)
		}
	}
}

func TestExprLimits(t *testing.T) {
	for _, text := range []string{strings.Repeat("(", 101) + "1" + strings.Repeat(")", 101), strings.Repeat("1+", 3000) + "1"} {
		n := &Node{Kind: Scalar, line: 1, col: 1, src: newSource("x", text), Text: text}
		if _, err := parseExpr(newPlacer(n).whole()); err == nil {
			t.Errorf("%.20s… is accepted", text)
		}
	}
	parseText(t, strings.Repeat("-", 4000)+"1")
	parseText(t, strings.Repeat("a?b:", 1000)+"c")
	parseText(t, strings.Repeat("a[", 99)+"0"+strings.Repeat("]", 99))
}
