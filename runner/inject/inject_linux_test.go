//go:build amd64 || arm64

package inject

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// compiled is a program in C.
func compiled(t testing.TB, source string) string {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("there is no gcc")
	}
	dir := t.TempDir()
	file, program := filepath.Join(dir, "program.c"), filepath.Join(dir, "program")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(gcc, "-O2", "-w", "-pthread", "-o", program, file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// headers are what the programs need.
const headers = `
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
`

func TestCalls(t *testing.T) {
	for _, test := range []struct {
		name, body string
		injection  steps.Injection
		want       string
		times      int
	}{
		{"error", `int s = socket(AF_INET, SOCK_STREAM, 0); struct sockaddr_in a = {AF_INET, htons(9), {htonl(0x7f000001)}};
			for (int i = 0; i < 2; i++) { int r = connect(s, (void *)&a, sizeof a); printf("%d %d\n", r, errno == ETIMEDOUT); }`,
			steps.Injection{Call: "connect", Errno: unix.ETIMEDOUT, From: 1, To: 1}, "-1 1\n-1 0\n", 1},
		{"not the C library's own", `getpwuid(12345); struct sockaddr_un a = {AF_UNIX, "/nowhere"}; int s = socket(AF_UNIX, SOCK_STREAM, 0);
			connect(s, (void *)&a, sizeof a); printf("%d\n", errno == ETIMEDOUT);`,
			steps.Injection{Call: "connect", Errno: unix.ETIMEDOUT, From: 1, To: 1}, "1\n", 1},
		{"error from the second on", `for (int i = 0; i < 3; i++) printf("%d\n", dup(1) < 0);`,
			steps.Injection{Call: "dup", Errno: unix.EMFILE, From: 2}, "0\n1\n1\n", 2},
		{"nothing was done", `int p[2]; pipe(p); errno = 0; int r = close(p[0]); printf("%d %d %d\n", r, errno == EIO, fcntl(p[0], F_GETFD) >= 0);`,
			steps.Injection{Call: "close", Errno: unix.EIO, On: "pipe"}, "-1 1 1\n", 1},
		{"EINTR", `int p[2]; pipe(p); char c; write(p[1], "a", 1); int r = read(p[0], &c, 1), e = errno; printf("%d %d\n", r, e == EINTR); printf("%ld\n", read(p[0], &c, 1));`,
			steps.Injection{Call: "read", Errno: unix.EINTR, To: 1, On: "pipe"}, "-1 1\n1\n", 1},
		{"write", `int p[2]; pipe(p); printf("%ld ", write(p[1], "abcdef", 6)); printf("%ld\n", write(p[1], "abcdef", 6));`,
			steps.Injection{Call: "write", Bytes: 2, From: 2, To: 2, On: "pipe"}, "6 2\n", 1},
		{"write of fewer", `int p[2]; pipe(p); printf("%ld\n", write(p[1], "ab", 2));`,
			steps.Injection{Call: "write", Bytes: 2, On: "pipe"}, "2\n", 0},
		{"writev", `int p[2]; pipe(p); static const struct iovec v[] = {{"abc", 3}, {"", 0}, {"def", 3}, {"g", 1}}; printf("%ld ", writev(p[1], v, 4));
			char b[9] = {0}; read(p[0], b, 9); printf("%s %ld\n", b, v[2].iov_len);`,
			steps.Injection{Call: "writev", Bytes: 4, To: 1}, "4 abcd 3\n", 1},
		{"readv", `int p[2]; pipe(p); write(p[1], "abcdef", 6); char a[9] = {0}, b[9] = {0}; struct iovec v[] = {{a, 2}, {b, 4}}; 
			printf("%ld %s|%s| %ld %ld\n", readv(p[0], v, 2), a, b, v[0].iov_len, v[1].iov_len);`,
			steps.Injection{Call: "readv", Bytes: 2}, "2 ab|| 2 4\n", 1},
		{"sendmsg", `int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); struct iovec v[] = {{"abc", 3}, {"def", 3}, {"ghi", 3}}; struct msghdr m = {.msg_iov = v, .msg_iovlen = 3};
			printf("%ld %ld %ld\n", sendmsg(s[0], &m, 0), m.msg_iovlen, v[1].iov_len);`,
			steps.Injection{Call: "sendmsg", Bytes: 5}, "5 3 3\n", 1},
		{"recvmsg", `int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); write(s[0], "abcdef", 6); char b[9]; struct iovec v = {b, 9}; struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
			printf("%ld %ld\n", recvmsg(s[1], &m, 0), v.iov_len);`,
			steps.Injection{Call: "recvmsg", Bytes: 5}, "5 9\n", 1},
		{"sendfile", `int p[2]; pipe(p); int f = memfd_create("x", 0); write(f, "abcdef", 6); off_t o = 0; printf("%ld ", sendfile(p[1], f, &o, 6)); printf("%ld\n", o);`,
			steps.Injection{Call: "sendfile", Bytes: 5}, "5 5\n", 1},
		{"send", `int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); printf("%ld %ld\n", sendto(s[0], "abc", 3, 0, (void *)"\0\0", 2), send(s[0], "abc", 3, 0));`,
			steps.Injection{Call: "send", Bytes: 1, To: 1}, "-1 1\n", 1},
		{"send is sendto", `int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); printf("%ld\n", send(s[0], "abc", 3, 0));`,
			steps.Injection{Call: "sendto", Bytes: 1}, "1\n", 1},
		{"accept4", `int s = socket(AF_INET, SOCK_STREAM, 0); listen(s, 1); printf("%d ", accept4(s, 0, 0, SOCK_CLOEXEC)); printf("%d\n", errno == ECONNABORTED);`,
			steps.Injection{Call: "accept", Errno: unix.ECONNABORTED}, "-1 1\n", 1},
		{"open", `printf("%d\n", open("/dev/null", O_RDONLY)); printf("%d\n", errno == EMFILE);`,
			steps.Injection{Call: "open", Errno: unix.EMFILE}, "-1\n1\n", 1},
		{"fork", `pthread_t t; printf("%d ", pthread_create(&t, 0, (void *)getpid, 0)); pthread_join(t, 0); printf("%d ", fork()); printf("%d\n", errno == EAGAIN);`,
			steps.Injection{Call: "fork", Errno: unix.EAGAIN}, "0 -1 1\n", 1},
		{"pthread_create", `pthread_t t; printf("%d ", pthread_create(&t, 0, (void *)getpid, 0) == EAGAIN); int p = fork(); if (!p) _exit(0); printf("%d\n", p > 0);`,
			steps.Injection{Call: "pthread_create", Errno: unix.EAGAIN}, "1 1\n", 1},
		{"kinds", `int s[2], p[2]; pipe(p); socketpair(AF_UNIX, SOCK_STREAM, 0, s); int f = memfd_create("x", 0);
			printf("%ld %ld %ld\n", write(s[0], "ab", 2), write(p[1], "ab", 2), write(f, "ab", 2));`,
			steps.Injection{Call: "write", Bytes: 1, On: "file"}, "2 2 1\n", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			program := compiled(t, headers+"int main(void) {"+test.body+" return 0; }")
			got := kept{TB: t, injections: []steps.Injection{test.injection}}.run(program)
			if got.output != test.want || !slices.Equal(got.counts, []int{test.times}) || got.status != 0 {
				t.Errorf("got %q, %v, %v, want %q, %d", got.output, got.counts, got.status, test.want, test.times)
			}
		})
	}
}

// program runs one in C with an injection.
func program(t *testing.T, body string, injections ...steps.Injection) ended {
	t.Helper()
	return kept{TB: t, injections: injections}.run(compiled(t, headers+body))
}

// quiet is an injection that is never carried out: the program is traced.
var quiet = steps.Injection{Call: "sendfile", Errno: unix.EIO}

// TestRestarted: a call that the kernel makes again after a signal is one call of
// the program, and one that the program makes again after EINTR is two.
func TestRestarted(t *testing.T) {
	const body = `
int p[2];
void handler(int s) { write(p[1], "x", 1); }
int main(int argc, char **argv) {
	pipe(p);
	struct sigaction a = {.sa_handler = handler, .sa_flags = FLAGS};
	sigaction(SIGALRM, &a, 0);
	ualarm(20000, 0);
	char b[9];
	long r[3];
	for (int i = 0; i < 3; i++) {
		r[i] = read(p[0], b, 9);
		if (i > 0) continue;
		write(p[1], "abc", 3);
	}
	printf("%ld %ld %ld\n", r[0], r[1], r[2]);
	return 0;
}`
	second := steps.Injection{Call: "read", Errno: unix.EIO, From: 2, To: 2, On: "pipe"}
	if got := program(t, strings.Replace(body, "FLAGS", "SA_RESTART", 1), second); got.output != "1 -1 3\n" {
		t.Errorf("with SA_RESTART: got %q", got.output)
	}
	if got := program(t, strings.Replace(body, "FLAGS", "0", 1), second); got.output != "-1 -1 4\n" {
		t.Errorf("without SA_RESTART: got %q", got.output)
	}
	cut := steps.Injection{Call: "read", Bytes: 2, From: 1, To: 2, On: "pipe"}
	cutBody := strings.NewReplacer("FLAGS", "SA_RESTART", `"x", 1`, `"xyz", 3`).Replace(body)
	if got := program(t, cutBody, cut); got.output != "2 2 2\n" || !slices.Equal(got.counts, []int{2}) {
		t.Errorf("cut: got %q, %v", got.output, got.counts)
	}
}

func TestSignals(t *testing.T) {
	for _, test := range []struct {
		name, body, want string
		status           unix.WaitStatus
	}{
		{"killed", `int main(void) { raise(SIGTERM); }`, "", unix.WaitStatus(unix.SIGTERM)},
		{"SIGTRAP of its own", `int main(void) { raise(SIGTRAP); }`, "", unix.WaitStatus(unix.SIGTRAP) | 0x80},
		{"SIGTRAP handled", `void h(int s) { puts("trap"); } int main(void) { signal(SIGTRAP, h); raise(SIGTRAP); return 3; }`, "trap\n", 3 << 8},
		{"info", `void h(int s, siginfo_t *i, void *c) { printf("%d %d\n", i->si_code == SI_QUEUE, i->si_value.sival_int); }
			int main(void) { struct sigaction a = {.sa_sigaction = h, .sa_flags = SA_SIGINFO}; sigaction(SIGRTMIN, &a, 0);
			sigqueue(getpid(), SIGRTMIN, (union sigval){7}); return 0; }`, "1 7\n", 0},
		{"no SIGCONT at the start", `void h(int s) { puts("continued"); } int main(void) { signal(SIGCONT, h); raise(SIGCONT); return 0; }`, "continued\n", 0},
		{"stopped and continued", `
			int main(void) { int p[2]; pipe(p); int child = fork();
				if (!child) { setpgid(0, 0); raise(SIGSTOP); write(p[1], "x", 1); pause(); }
				int s; waitpid(child, &s, WUNTRACED); printf("%d ", WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP);
				fcntl(p[0], F_SETFL, O_NONBLOCK); char c; usleep(30000); printf("%ld ", read(p[0], &c, 1)); fcntl(p[0], F_SETFL, 0);
				kill(child, SIGCONT); waitpid(child, &s, WCONTINUED); printf("%d ", WIFCONTINUED(s)); printf("%ld ", read(p[0], &c, 1));
				kill(child, SIGTSTP); waitpid(child, &s, WUNTRACED); printf("%d ", WSTOPSIG(s) == SIGTSTP);
				kill(child, SIGKILL); waitpid(child, &s, 0); printf("%d\n", WTERMSIG(s)); return 0; }`, "1 -1 1 1 1 9\n", 0},
		{"vfork and exec", `int main(void) { int s; if (!vfork()) { execl("/bin/sh", "sh", "-c", "exit 5", (char *)0); _exit(1); }
			wait(&s); printf("%d\n", WEXITSTATUS(s)); return 0; }`, "5\n", 0},
		{"exec by a thread", `void *f(void *x) { usleep(2000); execl("/bin/echo", "echo", "from a thread", (char *)0); return 0; }
			int main(void) { pthread_t t[3]; for (int i = 0; i < 3; i++) pthread_create(&t[i], 0, i == 1 ? f : (void *)pause, 0); pause(); }`, "from a thread\n", 0},
		{"leader ends first", `void *f(void *x) { usleep(5000); puts("still"); fflush(stdout); exit(4); }
			int main(void) { pthread_t t; pthread_create(&t, 0, f, 0); syscall(SYS_exit, 0); }`, "still\n", 4 << 8},
		{"double fork", `int main(void) { if (!fork()) { setsid(); if (!fork()) { usleep(20000); puts("orphan"); fflush(stdout); } _exit(0); } wait(0); return 0; }`, "orphan\n", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := program(t, test.body, quiet)
			if got.output != test.want || got.status&^0x80 != test.status&^0x80 {
				t.Errorf("got %q, %#x, want %q, %#x", got.output, got.status, test.want, test.status)
			}
		})
	}
}

// TestUntraced: a child that asks not to be traced is traced.
func TestUntraced(t *testing.T) {
	const body = `
int f(void *x) { char b[3]; int p[2]; pipe(p); printf("%ld ", write(p[1], "abc", 3)); fflush(stdout); return 0; }
int main(void) { static char stack[65536];
	clone(f, stack + sizeof stack, CLONE_UNTRACED | SIGCHLD, 0); wait(0);
	unsigned long long a[11] = {CLONE_UNTRACED, 0, 0, 0, SIGCHLD}; int p = syscall(SYS_clone3, a, sizeof a);
	if (!p) { f(0); _exit(0); }
	wait(0); printf("%d\n", a[0] == CLONE_UNTRACED); return 0; }`
	got := program(t, body, steps.Injection{Call: "write", Bytes: 1, On: "pipe"}, quiet)
	// The program's output is a pipe too: it comes a byte at a time.
	if got.output != "1 1 1\n" {
		t.Errorf("got %q", got.output)
	}
}

// TestEndsInBetween: that everything is killed at any moment makes no difference.
func TestEndsInBetween(t *testing.T) {
	const body = `
void *f(void *x) { for (;;) { int p[2]; if (pipe(p) == 0) { write(p[1], "abc", 3); close(p[0]); close(p[1]); } if (!fork()) _exit(0); waitpid(-1, 0, WNOHANG); } }
int main(void) { pthread_t t; for (int i = 0; i < 4; i++) pthread_create(&t, 0, f, 0); usleep(3000); kill(getpid(), SIGKILL); pause(); }`
	program := compiled(t, headers+body)
	for range 30 {
		got := kept{TB: t, injections: []steps.Injection{{Call: "write", Bytes: 1}}}.run(program)
		if got.status.Signal() != unix.SIGKILL {
			t.Fatalf("got %#x", got.status)
		}
	}
}

// TestTwoInjections: each counts for itself.
func TestTwoInjections(t *testing.T) {
	got := program(t, `int main(void) { int p[2]; pipe(p); for (int i = 0; i < 4; i++) { int r = write(p[1], "abc", 3); printf("%d ", r); } return 0; }`,
		steps.Injection{Call: "write", Bytes: 2, From: 1, To: 3, On: "pipe"},
		steps.Injection{Call: "write", Errno: unix.EPIPE, From: 3, To: 4, On: "pipe"})
	if got.output != "2 2 2 -1 " || !slices.Equal(got.counts, []int{3, 1}) {
		t.Errorf("got %q, %v", got.output, got.counts)
	}
}
