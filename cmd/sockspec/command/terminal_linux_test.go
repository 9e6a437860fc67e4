package command

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// slowSpec takes long enough for the line of progress to be drawn between results.
const slowSpec = `scenarios:
  - name: refused with $(error)
    matrix: {error: [ECONNREFUSED, EPERM, EACCES]}
    actors:
      one:
        - sleep: 150ms
      two:
        - socket: tcp
          after: one.sleep
        - connect: 127.0.0.1:1
          expect: {error: $(error)}
`

// On a terminal the line of progress and the reports never mix: what is left on the
// screen is the report, and no line is broken off by the terminal's edge.
func TestTerminal(t *testing.T) {
	for name, c := range map[string]struct {
		args     []string
		progress bool
		last     string
	}{
		"text":     {nil, true, `^3 scenarios: 1 passed, 2 failed in [0-9.]+m?s$`},
		"quiet":    {[]string{"-q"}, true, `^3 scenarios: 1 passed, 2 failed in [0-9.]+m?s$`},
		"json":     {[]string{"--report", "json"}, true, `^\{"event":"run_done",.*\}$`},
		"tap":      {[]string{"--report", "tap"}, true, `^# 3 scenarios: 1 passed, 2 failed in `},
		"markdown": {[]string{"--report", "markdown"}, true, `.`},
		"github":   {[]string{"--report", "github"}, true, `.`},
		"verbose":  {[]string{"-v"}, false, `^3 scenarios: 1 passed, 2 failed in [0-9.]+m?s$`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := onTerminal(t, 84, append([]string{"run", "--jobs", "1"}, append(c.args, "slow.yaml")...)...)
			if drawn := strings.Contains(raw, " of 3 done"); drawn != c.progress {
				t.Errorf("the line of progress was drawn: %t", drawn)
			}
			screen := screenOf(raw)
			for _, line := range screen {
				if strings.Contains(line, " running") || strings.Contains(line, "\x1b") {
					t.Errorf("a line of progress was left: %q", line)
				}
				if n := len([]rune(line)); name == "verbose" && strings.Contains(line, "│") && n > 84 {
					t.Errorf("%d columns: %s", n, line)
				}
			}
			if last := screen[len(screen)-1]; !regexp.MustCompile(c.last).MatchString(last) {
				t.Errorf("the last line is %q", last)
			}
		})
	}
}

// Nothing but the reports for people is coloured on a terminal, and they are.
func TestTerminalColor(t *testing.T) {
	colour := regexp.MustCompile("\x1b\\[[0-9;]+m")
	for args, colored := range map[string]bool{
		"run -q":                true,
		"run -v":                true,
		"run --color never -v":  false,
		"run --report junit":    false,
		"run --report tap":      false,
		"run --report gotest":   false,
		"run --report github":   false,
		"run --report markdown": false,
	} {
		lines := strings.Split(onTerminal(t, 100, append(strings.Fields(args), "slow.yaml")...), "\n")
		found := false
		for _, l := range lines {
			l = l[strings.LastIndex(l, "\x1b[K")+1:] // without the line of progress
			found = found || colour.MatchString(l)
		}
		if found != colored {
			t.Errorf("%s: coloured: %t", args, found)
		}
	}
}

// onTerminal is what the program writes to a terminal of so many columns, which is
// its standard output and its standard error.
func onTerminal(t *testing.T, width uint16, args ...string) string {
	t.Helper()
	terminal, tty := openTerminal(t, width)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "slow.yaml"), []byte(slowSpec), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sockspec", append(args, "--isolation", "none")...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, tty, tty
	cmd.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=", "FORCE_COLOR=", "COLUMNS=")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	text, err := io.ReadAll(terminal)
	if err != nil && !errors.Is(err, unix.EIO) { // which is the end of a terminal: pty(7)
		t.Fatal(err)
	}
	if cmd.Wait(); cmd.ProcessState.ExitCode() != exitFailed {
		t.Fatalf("exit code %d: %s", cmd.ProcessState.ExitCode(), text)
	}
	return string(text)
}

// openTerminal makes a pair of pseudo-terminals; see pty(7).
func openTerminal(t *testing.T, width uint16) (terminal, tty *os.File) {
	t.Helper()
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { terminal.Close() })
	fd := int(terminal.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	err = errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0), unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 25, Col: width}))
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return terminal, tty
}

// screenOf is what is to be seen in the end: lines without what was erased from them.
func screenOf(raw string) []string {
	raw = regexp.MustCompile("\x1b\\[([0-9;]*m|\\?7[lh])").ReplaceAllString(raw, "")
	var lines []string
	for line := range strings.SplitSeq(raw, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if i := strings.LastIndex(line, "\r\x1b[K"); i >= 0 {
			line = line[i+len("\r\x1b[K"):]
		}
		lines = append(lines, line)
	}
	for len(lines) > 1 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
