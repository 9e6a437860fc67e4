package grade

import (
	"math"
	"strconv"
	"time"
)

// pointsText is points as people write them: 7, 7.5, 0.33.
func pointsText(p float64) string {
	return strconv.FormatFloat(math.Round(p*100)/100, 'f', -1, 64)
}

// exact is points without what adding binary fractions leaves behind: 0.3 for 0.1+0.2.
func exact(p float64) float64 { return math.Round(p*1e6) / 1e6 }

// percent is a share of a whole, rounded; 0% and 100% are none and all of it.
func percent(part, whole float64) string {
	share := 0.0
	if whole > 0 {
		share = 100 * part / whole
	}
	switch rounded := math.Round(share); {
	case rounded == 0 && share > 0:
		return "1%"
	case rounded == 100 && share < 100:
		return "99%"
	default:
		return itoa(int(rounded)) + "%"
	}
}

// milliseconds is a time in whole milliseconds, as programs read it.
func milliseconds(d time.Duration) int64 { return d.Round(time.Millisecond).Milliseconds() }

// seconds is a time in seconds, to the millisecond.
func seconds(d time.Duration) float64 { return float64(milliseconds(d)) / 1000 }

// count is a number with its word: 1 file, 3 files.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func itoa(n int) string { return strconv.Itoa(n) }
