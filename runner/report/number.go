package report

import (
	"strconv"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// grouped is a number with commas between the thousands: 1,234.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural is the right one of two words.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// count is a number with its word: 1 file, 3 files.
func count(n int, one, many string) string { return grouped(n) + " " + plural(n, one, many) }

// appendTime appends a time rounded to what a reader needs: 0.41ms, 12.3ms, 4.90s, 2m03s.
func appendTime(b []byte, d time.Duration) []byte {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case d < 10*time.Millisecond:
		return append(strconv.AppendFloat(b, ms, 'f', 2, 64), "ms"...)
	case d < 100*time.Millisecond:
		return append(strconv.AppendFloat(b, ms, 'f', 1, 64), "ms"...)
	case d < time.Second:
		return append(strconv.AppendFloat(b, ms, 'f', 0, 64), "ms"...)
	case d < time.Minute:
		return append(strconv.AppendFloat(b, d.Seconds(), 'f', 2, 64), 's')
	}
	b = append(strconv.AppendInt(b, int64(d/time.Minute), 10), 'm')
	seconds := int64(d % time.Minute / time.Second)
	if seconds < 10 {
		b = append(b, '0')
	}
	return append(strconv.AppendInt(b, seconds, 10), 's')
}

// shortTime is [appendTime] as a text.
func shortTime(d time.Duration) string { return string(appendTime(nil, d)) }

// instant is a moment of a run, always with the same number of digits, so that
// a column of them can be compared at a glance: 1.204ms, 4901.332ms.
func instant(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 3, 64) + "ms"
}

// safe is a text that may stand in a line whatever it came from.
func safe(s string) string { return steps.Printable(s) }

// time1 is a number to divide a time by; never 0.
func time1(n int) time.Duration { return time.Duration(max(n, 1)) }
