package specs

import (
	"fmt"
	"math"
	"regexp"
	"strings"
)

// evaluation computes one expression.
type evaluation struct {
	expr *Expr
	look func(*Ref) (any, error)
}

func (ev *evaluation) errorf(t *term, format string, args ...any) *Error {
	pos := Pos{ev.expr.Pos.File, int(t.line), int(t.col)}
	return errorAt(ev.expr.Src, pos, format, args...)
}

func (ev *evaluation) eval(t *term) (any, error) {
	switch t.op {
	case opConst:
		return t.val, nil
	case opRef:
		return ev.ref(t)
	case opUnary:
		return ev.unary(t)
	case opBinary:
		return ev.binary(t)
	case opCond:
		return ev.cond(t)
	case opCall:
		return ev.call(t)
	case opMember:
		return ev.member(t)
	case opIndex:
		return ev.index(t)
	case opList:
		return ev.list(t)
	case opConcat:
		return ev.concat(t)
	case opNode:
		n, err := t.node.Resolve(func(e *Expr) (any, error) { return e.Eval(ev.look) })
		if err != nil {
			return nil, err
		}
		return n.Interface(), nil
	}
	return nil, ev.expr.Errorf("the expression %s is a mistake", quote(ev.expr.Text))
}

func (ev *evaluation) ref(t *term) (any, error) {
	if ev.look == nil {
		return nil, ev.errorf(t, "nothing is called %s here", t.ref.Text)
	}
	v, err := ev.look(t.ref)
	return normal(v), err
}

func (ev *evaluation) unary(t *term) (any, error) {
	v, err := ev.eval(t.kids[0])
	if err != nil {
		return nil, err
	}
	if t.name == "not" || t.name == "!" {
		b, ok := v.(bool)
		if !ok {
			return nil, ev.errorf(t.kids[0], "%s wants true or false, got %s", t.name, describe(v))
		}
		return !b, nil
	}
	switch v := v.(type) {
	case float64:
		if t.name == "-" {
			v = -v
		}
		return v, nil
	case int64:
		if t.name == "+" {
			return v, nil
		}
		if v == math.MinInt64 {
			return nil, ev.errorf(t, "-(%d) is beyond 64 bits", v)
		}
		return -v, nil
	}
	return nil, ev.errorf(t.kids[0], "%s wants a number, got %s", t.name, describe(v))
}

func (ev *evaluation) binary(t *term) (any, error) {
	left, err := ev.eval(t.kids[0])
	if err != nil {
		return nil, err
	}
	if t.name == "and" || t.name == "or" {
		return ev.logic(t, left)
	}
	right, err := ev.eval(t.kids[1])
	if err != nil {
		return nil, err
	}
	switch t.name {
	case "==":
		return Equal(left, right), nil
	case "!=":
		return !Equal(left, right), nil
	case "<", "<=", ">", ">=":
		return ev.compare(t, left, right)
	case "in":
		return ev.in(t, left, right)
	case "contains":
		if list, ok := right.([]any); !ok || list == nil {
			if _, ok := left.([]any); ok {
				return ev.in(t, right, left)
			}
		}
		return ev.text(t, left, right)
	case "startsWith", "endsWith", "matches":
		return ev.text(t, left, right)
	}
	return ev.arithmetic(t, left, right)
}

// logic does not compute its right side where the left one decides.
func (ev *evaluation) logic(t *term, left any) (any, error) {
	l, ok := left.(bool)
	if !ok {
		return nil, ev.errorf(t.kids[0], "%s wants true or false, got %s", t.name, describe(left))
	}
	if l == (t.name == "or") {
		return l, nil
	}
	right, err := ev.eval(t.kids[1])
	if err != nil {
		return nil, err
	}
	r, ok := right.(bool)
	if !ok {
		return nil, ev.errorf(t.kids[1], "%s wants true or false, got %s", t.name, describe(right))
	}
	return r, nil
}

func (ev *evaluation) cond(t *term) (any, error) {
	v, err := ev.eval(t.kids[0])
	if err != nil {
		return nil, err
	}
	b, ok := v.(bool)
	if !ok {
		return nil, ev.errorf(t.kids[0], "a condition is true or false, got %s", describe(v))
	}
	if b {
		return ev.eval(t.kids[1])
	}
	return ev.eval(t.kids[2])
}

// compare orders numbers, and texts by their bytes.
func (ev *evaluation) compare(t *term, left, right any) (any, error) {
	if c, ok := compareNumbers(left, right); ok {
		return holds(t.name, c), nil
	}
	l, lok := left.(string)
	r, rok := right.(string)
	if lok && rok {
		return holds(t.name, strings.Compare(l, r)), nil
	}
	if isNaN(left) || isNaN(right) {
		return false, nil
	}
	return nil, ev.errorf(t, "%s compares two numbers or two texts, got %s and %s", t.name, describe(left), describe(right))
}

func isNaN(v any) bool {
	f, ok := v.(float64)
	return ok && f != f
}

func holds(op string, c int) bool {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (ev *evaluation) in(t *term, one, all any) (any, error) {
	switch all := all.(type) {
	case []any:
		for _, v := range all {
			if Equal(one, normal(v)) {
				return true, nil
			}
		}
		return false, nil
	case map[string]any:
		if key, ok := valueText(one); ok {
			_, has := all[key]
			return has, nil
		}
	}
	return nil, ev.errorf(t, "%s wants a list, got %s", t.name, describe(all))
}

// text is an operator between two texts.
func (ev *evaluation) text(t *term, left, right any) (any, error) {
	l, lok := textOf(left)
	r, rok := textOf(right)
	if !lok || !rok {
		return nil, ev.errorf(t, "%s wants a text on both sides, got %s and %s", t.name, describe(left), describe(right))
	}
	switch t.name {
	case "contains":
		return strings.Contains(l, r), nil
	case "startsWith":
		return strings.HasPrefix(l, r), nil
	case "endsWith":
		return strings.HasSuffix(l, r), nil
	}
	re, err := compilePattern(r)
	if err != nil {
		return nil, ev.errorf(t.kids[1], "%s", err)
	}
	return re.MatchString(l), nil
}

// compilePattern compiles the right side of `matches`, an RE2 pattern.
func compilePattern(v any) (*regexp.Regexp, error) {
	s, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("matches wants a pattern, got %s", describe(v))
	}
	re, err := regexp.Compile(s)
	if err != nil {
		return nil, fmt.Errorf("not a pattern: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return re, nil
}

func (ev *evaluation) call(t *term) (any, error) {
	v, err := ev.eval(t.kids[0])
	if err != nil {
		return nil, err
	}
	if t.name == "len" {
		switch v := v.(type) {
		case []any:
			return int64(len(v)), nil
		case map[string]any:
			return int64(len(v)), nil
		}
	}
	s, ok := textOf(v)
	switch {
	case !ok && t.name == "len":
		return nil, ev.errorf(t.kids[0], "len wants a text, a list or a mapping, got %s", describe(v))
	case !ok:
		return nil, ev.errorf(t.kids[0], "%s wants a text, got %s", t.name, describe(v))
	case t.name == "len":
		return int64(len(s)), nil
	case t.name == "upper":
		return strings.ToUpper(s), nil
	}
	return strings.ToLower(s), nil
}

func (ev *evaluation) member(t *term) (any, error) {
	v, err := ev.eval(t.kids[0])
	if err != nil {
		return nil, err
	}
	return ev.memberOf(t, v)
}

func (ev *evaluation) memberOf(t *term, v any) (any, error) {
	switch v := v.(type) {
	case Memberer:
		if m, ok := v.Member(t.name); ok {
			return normal(m), nil
		}
		return nil, ev.errorf(t, "%s has no %s", describe(v), t.name)
	case map[string]any:
		if m, ok := v[t.name]; ok {
			return normal(m), nil
		}
		return nil, ev.errorf(t, "there is no %s", t.name).WithHint("%s", didYouMean(t.name, sortedKeys(v)))
	}
	return nil, ev.errorf(t, "%s has no %s", describe(v), t.name)
}

func (ev *evaluation) index(t *term) (any, error) {
	v, err := ev.eval(t.kids[0])
	if err != nil {
		return nil, err
	}
	i, err := ev.eval(t.kids[1])
	if err != nil {
		return nil, err
	}
	return ev.indexOf(t, v, i)
}

func (ev *evaluation) indexOf(t *term, v, i any) (any, error) {
	switch v := v.(type) {
	case []any:
		k, ok := i.(int64)
		if !ok {
			return nil, ev.errorf(t, "the index of a list is a whole number, got %s", describe(i))
		}
		if k < 0 || k >= int64(len(v)) {
			return nil, ev.errorf(t, "index %d of a list of %d", k, len(v)).WithHint("indexes count from 0")
		}
		return normal(v[k]), nil
	case map[string]any, Memberer:
		if key, ok := i.(string); ok {
			return ev.memberOf(&term{name: key, line: t.line, col: t.col}, v)
		}
		return nil, ev.errorf(t, "the key of a mapping is a text, got %s", describe(i))
	}
	return nil, ev.errorf(t, "wants a list to take an index of, got %s", describe(v))
}

func (ev *evaluation) list(t *term) (any, error) {
	list := make([]any, len(t.kids))
	for i, k := range t.kids {
		v, err := ev.eval(k)
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

func (ev *evaluation) concat(t *term) (any, error) {
	var b strings.Builder
	for _, k := range t.kids {
		v, err := ev.eval(k)
		if err != nil {
			return nil, err
		}
		s, ok := valueText(v)
		if !ok {
			return nil, ev.errorf(k, "%s cannot be part of a text", describe(v))
		}
		if b.Len()+len(s) > maxText {
			return nil, ev.errorf(k, "a text of more than %d bytes", maxText)
		}
		b.WriteString(s)
	}
	return b.String(), nil
}
