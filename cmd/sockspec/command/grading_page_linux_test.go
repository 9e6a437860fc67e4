package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	assignment "github.com/sockspec/sockspec/specs/catalog/grading"
)

const gradingPage = "../../../docs/grading.md"

var (
	pageBlock = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")
	// pageNumbers are what is another one in every run: times, and process ids.
	pageNumbers = regexp.MustCompile(`[0-9]+(\.[0-9]+)?(ms|µs|s)\b|\bpid [0-9]+`)
	pageSpaces  = regexp.MustCompile(` +`)
	pageFile    = regexp.MustCompile(`^(?:#|//|/\*) ([a-z]+/?[a-z]*\.[a-z]+)`)
)

// What docs/grading.md shows is what one sees: its files are made, its commands
// run, one after the other in one folder, and they print what stands below them. A
// line that is … stands for any number of lines; -update writes what was printed.
func TestGradingPage(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the page is what root sees: others are told that the sandbox is not complete")
	}
	dir := t.TempDir()
	if err := assignment.Make(dir); err != nil {
		t.Fatal(err)
	}
	page := readText(t, gradingPage)
	made := pageBlock.ReplaceAllStringFunc(page, func(block string) string {
		parts := pageBlock.FindStringSubmatch(block)
		kind, text := parts[1], parts[2]
		if name := pageFile.FindStringSubmatch(text); name != nil && kind != "console" {
			writePageFile(t, filepath.Join(dir, name[1]), text)
		}
		if kind != "console" {
			return block
		}
		return "```console\n" + runPageCommands(t, dir, text) + "```"
	})
	if *updateScripts && made != page {
		if err := os.WriteFile(gradingPage, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func writePageFile(t *testing.T, path, text string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// runPageCommands runs the lines of a block that begin with $, holds the output of
// each against the lines below it, and gives the block as it should be.
func runPageCommands(t *testing.T, dir, block string) string {
	var b strings.Builder
	for part := range strings.SplitSeq("\n"+block, "\n$ ") {
		if part == "" || part == "\n" {
			continue
		}
		command, want, _ := strings.Cut(part, "\n")
		want = strings.TrimRight(want, "\n")
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput() // the exit code is what the page shows with echo $?
		got := strings.TrimRight(string(out), "\n")
		switch {
		case sameOnPage(want, got):
			got = want // with its numbers
		case !*updateScripts:
			t.Errorf("$ %s\nthe page shows:\n%s\n\nit prints:\n%s", command, want, got)
		}
		b.WriteString("$ " + command + "\n")
		if got != "" {
			b.WriteString(got + "\n")
		}
	}
	return b.String()
}

var (
	// pageTranscript are lines of what happened: on real sockets they come in another
	// order each time, and a call blocks or does not.
	pageTranscript = regexp.MustCompile(`(?m)^([ >]*[0-9]+\.[0-9]+ms |.* │|.*─┼─).*\n`)
	// pageCall is the beginning of a call in a transcript, as strace writes it.
	pageCall = regexp.MustCompile(`\b[a-z][a-z0-9_]*\(`)
	// pageOthers is what the other actors were doing when a step failed. A call may
	// not have returned yet when its effect is already seen by another actor: the
	// part is there in one run, and not in the next.
	pageOthers = regexp.MustCompile(`(?m)^  the other actors at that moment\n(    .*\n)+\n`)
	// pageInCall is one of them whose call has not returned, and does not block.
	pageInCall = regexp.MustCompile(`(?m)^    \S+ +in `)
)

// sameOnPage compares what was printed with what the page shows: of transcripts the
// calls, in any order, and of everything else each line.
func sameOnPage(shown, printed string) bool {
	if !strings.Contains(shown, "…\n") && !sameCalls(shown, printed) {
		return false
	}
	if !pageOthers.MatchString(shown) {
		printed = pageOthers.ReplaceAllString(printed, "")
	}
	shown, printed = pageTranscript.ReplaceAllString(shown, ""), pageTranscript.ReplaceAllString(printed, "")
	var lines []string
	for line := range strings.SplitSeq(shown, "\n") {
		if line == "…" {
			lines = append(lines, "(?s:.*)")
			continue
		}
		line = regexp.QuoteMeta(pageNumbers.ReplaceAllString(line, "#"))
		line = pageSpaces.ReplaceAllString(line, " +") // a time may be as long as another
		lines = append(lines, strings.ReplaceAll(line, "…", ".+"))
	}
	pattern := regexp.MustCompile("^" + strings.Join(lines, "\n") + "$")
	return pattern.MatchString(pageNumbers.ReplaceAllString(printed, "#"))
}

// sameCalls compares transcripts. One has fewer calls where another actor was in a
// call at that moment: it is not among those that have returned.
func sameCalls(shown, printed string) bool {
	missing, more := transcriptCalls(shown), []string{}
	for _, call := range transcriptCalls(printed) {
		if i := slices.Index(missing, call); i >= 0 {
			missing = slices.Delete(missing, i, i+1)
		} else {
			more = append(more, call)
		}
	}
	return len(missing) <= callsUnderWay(printed) && len(more) <= callsUnderWay(shown)
}

func callsUnderWay(text string) int {
	return len(pageInCall.FindAllString(strings.Join(pageOthers.FindAllString(text, -1), ""), -1))
}

func transcriptCalls(text string) []string {
	var calls []string
	for _, line := range pageTranscript.FindAllString(text, -1) {
		calls = append(calls, pageCall.FindAllString(line, -1)...)
	}
	slices.Sort(calls)
	return calls
}
