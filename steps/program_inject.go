package steps

import "syscall"

// Injection is a fault in a program's own system calls.
type Injection struct {
	Call  string        // the system call, by its name: connect
	Errno syscall.Errno // what it gives instead of being made; 0 where it is made
	Bytes int           // it is made with at most so many bytes; 0 for all
	From  int           // the first time that it is so, counted from 1
	To    int           // the last time; 0 for every time after From
	On    string        // only on descriptors of this kind: socket, file, pipe; "" for any
}
