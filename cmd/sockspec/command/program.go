// Package command is the command line of sockspec: commands, flags, exit codes, and
// which reports are written. It knows the words of the user and the runner's, and
// nothing of calls and sockets. [Main] is the program; others that contain it start
// themselves again as it, see [Again].
package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/steps"
)

// Main is the program: it carries out a command line, and ends the process.
func Main(args []string) {
	syscall.Umask(0o022) // what a scenario makes is the same whoever starts it
	os.Exit(Run(args, os.Stdin, os.Stdout, os.Stderr))
}

// The exit codes. Where several hold, interrupted wins over failed, and failed
// over machine.
const (
	exitPassed      = 0
	exitFailed      = 1
	exitUsage       = 2   // the command line is wrong
	exitSpec        = 3   // a spec file is wrong; nothing was run
	exitMachine     = 4   // the runner or the machine could not
	exitNothing     = 5   // nothing was selected
	exitInterrupted = 130 // by a signal
	exitUnread      = 141 // who read standard output went away: as SIGPIPE ends a filter
)

// exit is the end of a command with another code than 0.
type exit struct {
	code int
	text string // for standard error; "" where everything has been said
}

func (e *exit) Error() string { return e.text }

func exitf(code int, format string, args ...any) error {
	return &exit{code, fmt.Sprintf(format, args...)}
}

// usagef is a mistake of the command line.
func usagef(format string, args ...any) error { return exitf(exitUsage, format, args...) }

// session is what one call of the program works with.
type session struct {
	stdin  io.Reader
	stdout *bufio.Writer // checked when the command has ended
	file   *os.File      // standard output itself; nil where it is no file
	stderr io.Writer
}

// Run carries out a command line, without the name of the program, and gives the
// exit code. It is for a program that does nothing else: it takes over signals.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if os.Getenv("GOGC") == "" {
		// Nearly all that is made, while files are read and while scenarios run,
		// is dropped soon: a smaller heap costs little time.
		debug.SetGCPercent(50)
	}
	// A closed pipe is an error like any other, not the end of the program.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	s := &session{stdin: stdin, stdout: bufio.NewWriter(stdout), stderr: stderr}
	s.file, _ = stdout.(*os.File)
	root := s.root()
	if len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		unquoteFlags(root)
	}
	root.SetArgs(args)
	err := root.Execute()
	if flushed := s.stdout.Flush(); flushed != nil && (err == nil || errors.Is(err, flushed)) {
		err = unwritten(flushed)
	}
	return s.end(err)
}

// unread is what a report says when the reader of standard output went away.
var unread = "write standard output: " + syscall.EPIPE.Error()

// unwritten is the end of a command whose output could not be written. That
// nobody wants to read on is no mistake, and nothing to say.
func unwritten(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return &exit{exitUnread, ""}
	}
	return exitf(exitMachine, "write standard output: %v", bare(err))
}

// end says what went wrong, and gives the exit code.
func (s *session) end(err error) int {
	if err == nil {
		return exitPassed
	}
	var e *exit
	if !errors.As(err, &e) {
		e = &exit{exitUsage, err.Error()}
	}
	if e.text != "" {
		s.say(e.text)
	}
	return e.code
}

// say writes a message to standard error, each line safe for a terminal.
func (s *session) say(text string) {
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		prefix := "sockspec: "
		if i > 0 {
			prefix = "  "
		}
		fmt.Fprintln(s.stderr, prefix+steps.Printable(line))
	}
}

// bare is an error without the path and the call that the os package puts before it.
func bare(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
