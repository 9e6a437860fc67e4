package specs

import (
	"strings"
)

// Suggest is the name among those given that a misspelt word most probably
// means; "" if none is near.
func Suggest(word string, among []string) string {
	if word == "" || len(word) > 64 {
		return ""
	}
	best, bestDist := "", 0
	lower := strings.ToLower(word)
	for _, name := range among {
		if name == word {
			continue
		}
		limit := nearEnough(max(len(word), len(name)))
		d := distance(lower, strings.ToLower(name), limit)
		if d <= limit && (best == "" || d < bestDist) {
			best, bestDist = name, d
		}
	}
	return best
}

// nearEnough is how many slips of the finger a name of that length may have.
func nearEnough(length int) int {
	switch {
	case length <= 2:
		return 0 // only upper for lower case: any two short names are near each other
	case length <= 4:
		return 1
	case length <= 8:
		return 2
	}
	return 3
}

// distance is the number of letters to put in, leave out, replace or swap with
// the next one to get from a to b (Damerau-Levenshtein, each place edited once);
// more than limit where it is beyond that.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	if a == b {
		return 0
	}
	if limit == 0 {
		return 1
	}
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(old[j]+1, row[j-1]+1, old[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(b)]
}

// didYouMean is the hint for a word that does not exist: the nearest of the names
// that do, or all of them where none is near and they are not too many.
func didYouMean(word string, among []string) string {
	if near := Suggest(word, among); near != "" {
		return "did you mean " + near + "?"
	}
	if len(among) == 0 || len(among) > 20 {
		return ""
	}
	return "there is " + listWords(among, "and")
}

// listWords joins words as a sentence does: a, b and c.
func listWords(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}
