package steps

import "syscall"

// programVerbs start programs under test and deal with them.
func programVerbs() Table {
	const shell = "- run: [sh, -c, 'read line; echo \"got $line\"; echo careful >&2']\n"
	return Table{
		Define("run", "starts a program under test, which ends with the scenario at the latest", run).
			makes(ProcessHandle, "proc").with(runs).
			example("- run: [sh, -c, 'echo hello; exit 3']\n- wait:\n  expect: {exit: 3, stdout: {prefix: hello}}"),
		Define("listening", "waits until a program listens (UDP: is bound), by asking the kernel", listening).
			on(ProcessHandle).looks().with(func(v *Verb) { v.ViaIfOne = true }).
			example("- socket: tcp\n- bind: 127.0.0.1:0\n- listen: 1\n- run: {argv: [sleep, 10], fds: [sock]}\n- listening:\n  expect: {addr: $(sock.addr)}"),
		Define("stdin", "writes to the standard input of a program, or closes it", stdin).
			on(ProcessHandle).with(wantsArg).
			example(shell + "- stdin: \"hello\\n\"\n- stdout:\n  expect: got hello"),
		Define("stdout", "takes a line, or a piece, of what a program writes to its standard output", stdout).
			on(ProcessHandle).
			example(shell + "- stdin: \"hello\\n\"\n- stdout:\n  expect: got hello\n- stdout:\n  id: end\n  expect: {eof: true}"),
		Define("stderr", "takes a line, or a piece, of what a program writes to its standard error", stderr).
			on(ProcessHandle).
			example(shell + "- stdin: {close: true}\n- stderr:\n  expect: careful"),
		Define("signal", "sends a signal to a program", signalProgram).instant().
			on(ProcessHandle).
			example("- run: [sleep, 10]\n- signal: SIGTERM\n- wait:\n  expect: {signal: SIGTERM}"),
		Define("wait", "waits until a program has ended, and tells how; without expect its exit status must be 0", waitProgram).
			on(ProcessHandle).with(waitWords).
			example("- run: ['true']\n- wait"),
	}
}

// runs tells that the call starts a program, which anything can become of.
func runs(v *Verb) { v.Runs, v.Taints = true, true }

// waitWords are the words that results of wait can be.
func waitWords(v *Verb) {
	for i := range v.Results {
		switch r := &v.Results[i]; r.Name {
		case "signal":
			r.OneOf = append([]string{noneOf}, signalNames()...)
			r.Word = func(n int64) string { return SignalName(syscall.Signal(n)) }
			for s := 32; s <= lastSignal; s++ { // those without names
				r.OneOf = append(r.OneOf, decimal(int64(s)))
			}
		case "limit":
			r.OneOf = []string{noneOf, "cpu", "memory", "disk", "files", "processes"}
		}
	}
}
