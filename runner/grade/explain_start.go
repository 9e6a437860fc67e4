package grade

import (
	"slices"
	"strings"
)

// startPatterns are for programs that could not be started, and for files that
// they ought to have made.
var startPatterns = []pattern{
	{
		name:     "no output file",
		fits:     func(s *scene) bool { return strings.Contains(s.f.What, ": file /") },
		probably: "your program did not make that file, made it in another folder or under another name, or put a link in its place.",
		look:     "the name of the file that it writes, the folder that it is started in, and that it closes the file before it ends.",
	},
	{
		name:     "link that leads out",
		fits:     func(s *scene) bool { return s.errno == "EXDEV" },
		seen:     "{step}: a symbolic link is where a folder or a socket was expected, and leads to somewhere else on the machine.",
		probably: "your program makes that link, or was handed in with it. It is not followed.",
		look:     "every symbolic link that your program makes, and whether it needs one there.",
	},
	{
		name:     "program not found",
		fits:     func(s *scene) bool { return s.verb("run") && s.errno == "ENOENT" },
		seen:     "{step}: there is no file of that name, or the program that its first line (#!) names is not there.",
		probably: "the file has another name than the assignment asks for, is in another folder, or was not built.",
		look:     "the names of your files, upper and lower case too; of a script the first line, which must not end in a carriage return (Windows line ends).",
	},
	{
		name:     "program not executable",
		fits:     func(s *scene) bool { return s.verb("run") && (s.errno == "EACCES" || s.errno == "ENOEXEC") },
		seen:     "{step}: the file is there, but it cannot be run ({error}).",
		probably: "it is not executable, or it is a script without a first line such as #!/usr/bin/env python3.",
		look:     "chmod +x, and the first line of the script; a program that was built on another kind of machine does not run here either.",
	},
}

// limitPatterns are for programs that were ended for a limit.
var limitPatterns = []pattern{
	{
		name: "memory limit", fits: overLimit("memory"),
		seen:     "your program was ended because it used more memory than it may: {used}.",
		probably: "it keeps everything that it ever receives, allocates for each message without freeing, or believes a length that the other side sent.",
		look:     "what is allocated in the loop that serves a client, and whether each allocation is freed.",
	},
	{
		name: "cpu limit", fits: overLimit("cpu"),
		seen:     "your program was ended because it used more processor time than it may: {used}.",
		probably: "it runs in a loop without waiting: recv or read that returned 0 (the other side has closed) is called again and again, or a non-blocking call is repeated without poll.",
		look:     "every loop around recv, read, accept, poll: it has to end at 0 and at an error that does not go away.",
	},
	{
		name: "process limit", fits: overLimit("processes"),
		seen:     "your program was ended because it had more processes and threads than it may: {used}.",
		probably: "it starts a process or a thread in a loop without end, or those that have done their work never exit; after fork, the child may go on with the parent's loop.",
		look:     "what the child does after it has served its client: it must call exit. The parent has to wait for its children.",
	},
	{
		name: "descriptor limit", fits: overLimit("files"),
		seen:     "your program was ended because it had more descriptors open than it may: {used}.",
		probably: "it does not close the connections that it has served; with fork, the parent has to close its copy too.",
		look:     "that every descriptor from accept, socket or open is closed on every way out, also after an error.",
	},
	{
		name: "disk limit", fits: overLimit("disk"),
		seen:     "your program was ended because it wrote more to files than it may: {used}.",
		probably: "it writes to a file in a loop that does not end.",
		look:     "what is written, and when that stops.",
	},
	{
		name: "other limit", fits: func(s *scene) bool { return overLimit("")(s) && !overLimit("output")(s) },
		seen:     "your program was ended for a limit: {limit of}.",
		probably: "it does something in a loop that does not end.",
		look:     "the loops of the program, and what ends them.",
	},
	{
		name: "output limit", fits: func(s *scene) bool { return overLimit("output")(s) || s.flooded() },
		seen:     "your program printed more than is kept of what programs print.",
		probably: "it prints in a loop that does not end, often an error that comes again and again.",
		look:     "what is printed in the loops, and what ends them.",
	},
}

// overLimit tells whether the program was ended for the limit of that name.
func overLimit(name string) func(*scene) bool {
	return func(s *scene) bool {
		return s.ended != nil && s.ended.end.Limit != "" && strings.HasPrefix(s.ended.end.Limit, name)
	}
}

// flooded tells whether a program has printed more than was kept.
func (s *scene) flooded() bool {
	return slices.ContainsFunc(s.programs, func(p program) bool { return p.dropped > 0 })
}
