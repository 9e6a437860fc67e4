package specs

import (
	"math"
	"math/bits"
	"strings"
)

// arithmetic is + - * / % ** on numbers, and + on texts. Whole numbers stay whole
// and never wrap around; / of two that do not divide exactly is a fraction.
func (ev *evaluation) arithmetic(t *term, left, right any) (any, error) {
	if t.name == "+" {
		l, lok := left.(string)
		r, rok := right.(string)
		if lok && rok && len(l)+len(r) > maxText {
			return nil, ev.errorf(t, "a text of more than %d bytes", maxText)
		}
		if lok && rok {
			return l + r, nil
		}
	}
	a, aok := left.(int64)
	b, bok := right.(int64)
	if aok && bok {
		return ev.whole(t, a, b)
	}
	x, xok := toFloat(left)
	y, yok := toFloat(right)
	if !xok || !yok {
		err := ev.errorf(t, "%s wants two numbers, got %s and %s", t.name, describe(left), describe(right))
		if t.name == "+" {
			err.Msg = strings.Replace(err.Msg, "two numbers", "two numbers or two texts", 1)
		}
		return nil, err
	}
	return ev.fraction(t, x, y)
}

func (ev *evaluation) whole(t *term, a, b int64) (any, error) {
	var v int64
	ok := true
	switch t.name {
	case "+":
		v = a + b
		ok = (v > a) == (b > 0)
	case "-":
		v = a - b
		ok = (v < a) == (b > 0)
	case "*":
		v, ok = times(a, b)
	case "**":
		if b < 0 {
			return ev.fraction(t, float64(a), float64(b))
		}
		v, ok = power(a, b)
	case "/", "%":
		return ev.divide(t, a, b)
	}
	if !ok {
		return nil, ev.errorf(t, "%d %s %d is beyond 64 bits", a, t.name, b)
	}
	return v, nil
}

func (ev *evaluation) divide(t *term, a, b int64) (any, error) {
	switch {
	case b == 0:
		return nil, ev.errorf(t, "%d %s 0: a division by zero", a, t.name)
	case t.name == "%" && b == -1:
		return int64(0), nil
	case t.name == "%":
		return a % b, nil
	case a == math.MinInt64 && b == -1:
		return nil, ev.errorf(t, "%d / %d is beyond 64 bits", a, b)
	case a%b == 0:
		return a / b, nil
	}
	return float64(a) / float64(b), nil
}

func (ev *evaluation) fraction(t *term, x, y float64) (any, error) {
	var v float64
	switch t.name {
	case "+":
		v = x + y
	case "-":
		v = x - y
	case "*":
		v = x * y
	case "**":
		v = math.Pow(x, y)
	case "/":
		if y == 0 {
			return nil, ev.errorf(t, "%v / 0: a division by zero", x)
		}
		v = x / y
	case "%":
		return nil, ev.errorf(t, "%% wants whole numbers, got %v and %v", x, y)
	}
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil, ev.errorf(t, "%v %s %v is beyond what a number holds", x, t.name, y)
	}
	return v, nil
}

// times multiplies and tells whether the product fits.
func times(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	negative := (a < 0) != (b < 0)
	switch {
	case hi != 0 || lo > 1<<63 || lo == 1<<63 && !negative:
		return 0, false
	case negative:
		return -int64(lo), true
	}
	return int64(lo), true
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

// power is a to the b-th, b not negative.
func power(a, b int64) (int64, bool) {
	switch {
	case a == 0 && b > 0, a == 1:
		return a, true
	case a == -1:
		return 1 - 2*(b&1), true
	case b > 63:
		return 0, false
	}
	v, ok := int64(1), true
	for ; b > 0 && ok; b-- {
		v, ok = times(v, a)
	}
	return v, ok
}

func toFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// compareNumbers orders whole numbers and fractions exactly; false where one of
// the two is no number.
func compareNumbers(left, right any) (int, bool) {
	a, aok := left.(int64)
	b, bok := right.(int64)
	switch {
	case aok && bok:
		return order(a, b), true
	case aok:
		if y, ok := right.(float64); ok && y == y {
			return -compareMixed(y, a), true
		}
	case bok:
		if x, ok := left.(float64); ok && x == x {
			return compareMixed(x, b), true
		}
	}
	x, xok := left.(float64)
	y, yok := right.(float64)
	return order(x, y), xok && yok && x == x && y == y
}

// compareMixed does not round the whole number to a fraction first: 2**53+1 is not 2.0**53.
func compareMixed(x float64, b int64) int {
	switch {
	case x >= 1<<63:
		return 1
	case x < -1<<63:
		return -1
	}
	floor := math.Floor(x)
	if c := order(int64(floor), b); c != 0 || floor == x {
		return c
	}
	return 1
}

func order[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
