package grade

import (
	"strings"
	"syscall"
	"testing"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// crashes are programs that have ended, with the pattern that explains it.
var crashes = []struct {
	pattern string
	end     steps.ProgramEnd
	stderr  string
}{
	{"memory limit", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGKILL, Limit: "memory: 65 MiB, and its limit is 64MiB"}, ""},
	{"cpu limit", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGKILL, Limit: "cpu: 1.01s, and its limit is 1s"}, ""},
	{"process limit", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGKILL, Limit: "processes: 33, and its limit is 32"}, ""},
	{"descriptor limit", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGKILL, Limit: "files: 64, and its limit is 64"}, ""},
	{"disk limit", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGKILL, Limit: "disk: 2 MiB, and its limit is 1MiB"}, ""},
	{"output limit", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGKILL, Limit: "output: 9 MiB, and its limit is 8MiB"}, ""},
	{"other limit", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGKILL, Limit: "heat: 90 degrees"}, ""},
	{"address in use", steps.ProgramEnd{Exit: 1}, "bind: Address already in use\n"},
	{"too many open files", steps.ProgramEnd{Exit: 1}, "accept: Too many open files\n"},
	{"memory error found", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGABRT}, "*** stack smashing detected ***: terminated\n"},
	{"assertion failed", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGABRT}, "upper: upper.c:41: serve: Assertion `n > 0' failed.\n"},
	{"bytes and text mixed", steps.ProgramEnd{Exit: 1}, "Traceback (most recent call last):\n  File \"upper.py\", line 9, in <module>\n    conn.send(\"x\")\nTypeError: a bytes-like object is required, not 'str'\n"},
	{"undecodable text", steps.ProgramEnd{Exit: 1}, "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xc3 in position 0: unexpected end of data\n"},
	{"module missing", steps.ProgramEnd{Exit: 1}, "ModuleNotFoundError: No module named 'requests'\n"},
	{"syntax error", steps.ProgramEnd{Exit: 1}, "  File \"upper.py\", line 3\n    def\n       ^\nSyntaxError: invalid syntax\n"},
	{"name misspelt", steps.ProgramEnd{Exit: 1}, "NameError: name 'mesage' is not defined. Did you mean: 'message'?\n"},
	{"reset not handled", steps.ProgramEnd{Exit: 1}, "ConnectionResetError: [Errno 104] Connection reset by peer\n"},
	{"connection refused to the program", steps.ProgramEnd{Exit: 1}, "connect: Connection refused\n"},
	{"permission denied", steps.ProgramEnd{Exit: 13}, "bind: Permission denied\n"},
	{"library missing", steps.ProgramEnd{Exit: 127}, "./upper: error while loading shared libraries: libfoo.so.1: cannot open shared object file\n"},
	{"arguments", steps.ProgramEnd{Exit: 2}, "usage: upper HOST PORT\n"},
	{"exception", steps.ProgramEnd{Exit: 2}, "panic: runtime error: slice bounds out of range\n\ngoroutine 1 [running]:\n"},
	{"segmentation fault", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGSEGV}, ""},
	{"aborted", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGABRT}, ""},
	{"killed by SIGPIPE", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGPIPE}, ""},
	{"arithmetic", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGFPE}, ""},
	{"forbidden call", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGSYS}, ""},
	{"other signal", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGALRM}, ""},
	{"command not found", steps.ProgramEnd{Exit: 127}, "sh: 1: ./uper: not found\n"},
	{"command not executable", steps.ProgramEnd{Exit: 126}, ""},
	{"crashed below a shell", steps.ProgramEnd{Exit: 139}, "Segmentation fault\n"},
	{"ended with an error", steps.ProgramEnd{Exit: 1}, "\x1b[2J::error::forged\n##[error]forged\nok 1 - forged\r\n<script>\u202e"},
	{"ended too early", steps.ProgramEnd{}, ""},
	{"ended by a signal", steps.ProgramEnd{Exit: -1, Signal: syscall.SIGTERM}, ""},
	{"ended too early", steps.ProgramEnd{Exit: 1}, "Traceback (most recent call last):\n  File \"upper.py\", line 9, in <module>\nKeyboardInterrupt\n"},
}

func TestExplainPrograms(t *testing.T) {
	var text strings.Builder
	for _, c := range crashes {
		s := newScene(waiting(steps.ProgramState{Name: "server.proc", End: c.end, Stderr: []byte(c.stderr)}))
		if got := s.pattern().name; got != c.pattern {
			t.Errorf("%s: explained as %q", c.pattern, got)
		}
		text.WriteString("== " + c.pattern + "\n" + s.explain() + "\n\n")
	}
	golden(t, "explain_programs.txt", text.String())
}

// steps of verbs that need no socket, with what is wrong.
var programSteps = []struct {
	pattern string
	failure runner.Failure
}{
	{"program not found", runner.Failure{Verb: "run", Mismatches: unwanted("ENOENT"), Outcome: &steps.Outcome{Errno: syscall.ENOENT}}},
	{"program not executable", runner.Failure{Verb: "run", Mismatches: unwanted("EACCES"), Outcome: &steps.Outcome{Errno: syscall.EACCES}}},
	{"no output file", runner.Failure{Verb: "send", What: "send: file /submission/out.txt: no such file or directory"}},
	{"link that leads out", runner.Failure{Verb: "connect", Mismatches: unwanted("EXDEV"), Outcome: &steps.Outcome{Errno: syscall.EXDEV}}},
	{"no answer in time from the network", runner.Failure{Verb: "connect", Mismatches: unwanted("ETIMEDOUT"), Outcome: &steps.Outcome{Errno: syscall.ETIMEDOUT}}},
	{"prints nothing", runner.Failure{Verb: "stdout", What: "stdout was still blocked after 5s"}},
	{"prints something else", runner.Failure{Verb: "stdout", Mismatches: []steps.Mismatch{{Key: "data", Want: `"ready"`, Got: `"Ready"`}}}},
	{"does not end", runner.Failure{Verb: "wait", What: "wait was still blocked after 5s"}},
	{"wrong exit status", runner.Failure{Verb: "wait", Mismatches: []steps.Mismatch{{Key: "exit", Want: "0", Got: "3"}}}},
	{"printed in all", runner.Failure{Verb: "wait", Mismatches: []steps.Mismatch{{Key: "stdout", Want: `"x"`, Got: `""`}}}},
	{"does not read its input", runner.Failure{Verb: "stdin", What: "stdin was still blocked after 5s"}},
	{"closed its input", runner.Failure{Verb: "stdin", Mismatches: unwanted("EPIPE"), Outcome: &steps.Outcome{Errno: syscall.EPIPE}}},
	{"port swapped", runner.Failure{Verb: "listening", What: "listening was still blocked after 5s: it listens at tcp 0.0.0.0:57390",
		Programs: []steps.ProgramState{{Name: "server.proc", Argv: []string{"./upper", "12000"}, Running: true}}}},
	{"listens elsewhere", runner.Failure{Verb: "listening", What: "listening was still blocked after 5s: it listens at tcp 0.0.0.0:12001"}},
	{"does not listen", runner.Failure{Verb: "listening", What: "listening was not done after 5s"}},
}

func unwanted(errno string) []steps.Mismatch {
	return []steps.Mismatch{{Key: "error", Want: "success", Got: errno}}
}

func TestExplainProgramSteps(t *testing.T) {
	var text strings.Builder
	for _, c := range programSteps {
		c.failure.Actor, c.failure.Step = "server", c.failure.Verb
		s := newScene(&c.failure)
		if got := s.pattern().name; got != c.pattern {
			t.Errorf("%s: explained as %q", c.pattern, got)
		}
		text.WriteString("== " + c.pattern + "\n" + s.explain() + "\n\n")
	}
	golden(t, "explain_steps.txt", text.String())
}

// Every pattern is in one of the tables of tests, and says something.
func TestPatternsAreTested(t *testing.T) {
	tested := make(map[string]bool)
	for _, c := range crashes {
		tested[c.pattern] = true
	}
	for _, c := range programSteps {
		tested[c.pattern] = true
	}
	src, _ := failures(t, "testdata/explain.yaml")
	for _, name := range src {
		tested[name] = true
	}
	for _, table := range patternTables {
		for _, p := range table {
			if !tested[p.name] {
				t.Errorf("no test comes to the pattern %q", p.name)
			}
			if p.probably == "" || p.look == "" {
				t.Errorf("%s: a text is missing", p.name)
			}
		}
	}
}

// What one program was ended for on purpose is not why another one does not answer.
func TestExplainRestarted(t *testing.T) {
	first := steps.ProgramState{Name: "server.first", End: steps.ProgramEnd{Exit: -1, Signal: syscall.SIGTERM}}
	second := steps.ProgramState{Argv: []string{"./second", "12000"}, Running: true, Stderr: []byte("listening\n")}
	s := newScene(waiting(first, second))
	if got := s.pattern().name; got != "both wait" {
		t.Errorf("explained as %q", got)
	}
	second.StdoutDropped = 1 << 20
	s = newScene(waiting(first, second))
	if text := s.explain(); s.pattern().name != "output limit" || !strings.Contains(text, "./second was still running. It has printed more than is kept") {
		t.Errorf("explained as %q:\n%s", s.pattern().name, text)
	}
	silent := steps.ProgramState{Name: "server.proc", End: steps.ProgramEnd{Exit: 1}, Stdout: []byte("cannot bind\n")}
	if text := newScene(waiting(silent)).explain(); !strings.Contains(text, "standard output:\n  | cannot bind") {
		t.Errorf("what it said is not there:\n%s", text)
	}
}
