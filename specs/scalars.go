package specs

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes, written 64KiB, 1MiB, 1GiB or as a number.
type Size int64

// ParseSize reads a size: a whole number, alone or with KiB, MiB or GiB after it.
func ParseSize(s string) (Size, error) {
	unit := 0
	number := s
	for i, suffix := range []string{"KiB", "MiB", "GiB"} {
		if strings.HasSuffix(s, suffix) {
			number, unit = strings.TrimSpace(strings.TrimSuffix(s, suffix)), 10*(i+1)
		}
	}
	v, err := parseInt(number, 64)
	switch {
	case errors.Is(err, errNumber):
		return 0, fmt.Errorf("wants a size such as 64KiB, 1MiB or 100, got %s%s", quote(s), sizeHint(s))
	case err != nil:
		return 0, err
	case v < 0:
		return 0, fmt.Errorf("a size is not negative, got %s", s)
	case v > math.MaxInt64>>unit:
		return 0, fmt.Errorf("a size is less than 8 EiB, got %s", s)
	}
	return Size(v << unit), nil
}

// sizeHint names the unit that was probably meant.
func sizeHint(s string) string {
	t := strings.TrimRight(strings.ToLower(s), "ib ")
	if t == "" || t == s || !strings.ContainsAny(t[:1], "0123456789") {
		if t == "" || !strings.ContainsAny(t[len(t)-1:], "kmg") {
			return ""
		}
	}
	for _, unit := range []string{"KiB", "MiB", "GiB"} {
		if strings.HasSuffix(t, strings.ToLower(unit[:1])) {
			return "; write " + unit
		}
	}
	return ""
}

// ParseDuration reads a time: 200ms, 3s, 1m30s, 1.5s.
func ParseDuration(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil && !strings.HasPrefix(s, "-") {
		return 0, fmt.Errorf("wants a time with its unit, got %s; write %ss or %sms", quote(s), s, s)
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil && isDuration(digits.ReplaceAllString(s, "1")):
		return 0, fmt.Errorf("a time is less than 292 years, got %s", quoteUnlessPlain(s))
	case err != nil:
		return 0, fmt.Errorf("wants a time such as 3s or 200ms, got %s", quote(s))
	case d < 0:
		return 0, fmt.Errorf("a time is not negative, got %s", s)
	}
	return d, nil
}

var digits = regexp.MustCompile(`\d+`)

func isDuration(s string) bool {
	_, err := time.ParseDuration(s)
	return err == nil
}

// errNumber is a text that is no number at all.
var errNumber = errors.New("no number")

// parseInt reads a whole number: decimal, 0x, 0o or 0b, with a sign. YAML's own
// readings of 010, 1_000 and 1e3 are mistakes that somebody would not see.
func parseInt(s string, bits int) (int64, error) {
	digits, negative, err := checkDigits(s)
	if err != nil {
		return 0, err
	}
	u, err := strconv.ParseUint(digits, 0, 64)
	limit := uint64(1)<<(bits-1) - 1
	if negative {
		limit++
	}
	if err != nil || u > limit {
		return 0, fmt.Errorf("wants a number from %d to %d, got %s", -1<<(bits-1), uint64(1)<<(bits-1)-1, quoteUnlessPlain(s))
	}
	if negative {
		return -int64(u), nil
	}
	return int64(u), nil
}

// parseUint reads a whole number that is not negative.
func parseUint(s string, bits int) (uint64, error) {
	digits, negative, err := checkDigits(s)
	if err != nil {
		return 0, err
	}
	u, err := strconv.ParseUint(digits, 0, 64)
	most := uint64(math.MaxUint64) >> (64 - bits)
	if err != nil || u > most || negative && u != 0 {
		return 0, fmt.Errorf("wants a number from 0 to %d, got %s", most, quoteUnlessPlain(s))
	}
	return u, nil
}

// checkDigits is the number without its sign.
func checkDigits(s string) (digits string, negative bool, err error) {
	digits = s
	if s != "" && (s[0] == '-' || s[0] == '+') {
		digits, negative = s[1:], s[0] == '-'
	}
	base := digits
	valid := "0123456789"
	if len(digits) > 2 && digits[0] == '0' {
		switch digits[1] {
		case 'x', 'X':
			base, valid = digits[2:], "0123456789abcdefABCDEF"
		case 'o', 'O':
			base, valid = digits[2:], "01234567"
		case 'b', 'B':
			base, valid = digits[2:], "01"
		}
	}
	if base == "" || strings.Trim(base, valid) != "" {
		return "", false, errNumber
	}
	if len(base) == len(digits) && len(digits) > 1 && digits[0] == '0' {
		return "", false, fmt.Errorf("a number does not begin with 0, got %s; an octal one is 0o%s", quoteUnlessPlain(s), octalDigits(digits))
	}
	return digits, negative, nil
}

func octalDigits(s string) string {
	if s = strings.TrimLeft(s, "0"); s == "" {
		return "0"
	}
	return s
}

// parseFloat reads a number with or without a fraction.
func parseFloat(s string) (float64, error) {
	if s == "" || strings.Trim(s, "0123456789.eE+-") != "" || strings.Trim(s, ".eE+-") == "" || strings.ContainsAny(s[:1], "eE") {
		return 0, errNumber
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		if errors.Is(err, strconv.ErrRange) {
			return 0, fmt.Errorf("beyond what a number holds: %s", quoteUnlessPlain(s))
		}
		return 0, errNumber
	}
	return f, nil
}
