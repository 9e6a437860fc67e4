package grade

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostNameBytes is how long the name of a page is at most, without its ending:
// names of files end at 255 bytes.
const mostNameBytes = 100

// fileNames are names of files for submissions, one each: the submission's own
// where that is a harmless one, else made safe, with a part of its hash. No two
// are the same, on file systems that do not tell upper from lower case either.
func fileNames(names []string) []string {
	safe := make([]string, len(names))
	same := make(map[string]int)
	for i, name := range names {
		if safe[i] = fileName(name); safe[i] == name {
			same[folded(name)]++
		}
	}
	used := make(map[string]bool)
	for i, name := range names {
		if safe[i] != name || same[folded(safe[i])] > 1 {
			safe[i] += "-" + hashOf(name)
		}
		base := safe[i]
		for n := 2; used[folded(safe[i])]; n++ {
			safe[i] = base + "-" + itoa(n)
		}
		used[folded(safe[i])] = true
	}
	return safe
}

// folded is what a file system sees of a name that does not tell cases apart.
func folded(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// hashOf is a part of the SHA-256 sum of a name.
func hashOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:6])
}

// reserved are names that Windows gives to devices, whatever their ending.
var reserved = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// fileName is a name of letters, digits and - _ . that stays in its folder and is
// no option of a command.
func fileName(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r == utf8.RuneError || !(unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r)):
			r = '_'
		case b.Len() == 0 && (r == '.' || r == '-'):
			r = '_'
		}
		if b.Len()+utf8.RuneLen(r) > mostNameBytes {
			break
		}
		b.WriteRune(r)
	}
	safe := strings.TrimRight(b.String(), ".")
	first, _, _ := strings.Cut(folded(safe), ".")
	if safe == "" || slices.Contains(reserved, first) {
		safe = "_" + safe
	}
	return safe
}
