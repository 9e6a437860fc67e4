//go:build amd64 || arm64

package inject

import (
	"bytes"
	"io"
	"net"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// sender sends a text to a port; how is what stands in SEND.
const sender = `
int main(int argc, char **argv) {
	signal(SIGPIPE, SIG_IGN);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in a = {AF_INET, htons(atoi(argv[1])), {htonl(0x7f000001)}};
	if (connect(s, (void *)&a, sizeof a)) return 2;
	char text[1000];
	for (int i = 0; i < sizeof text; i++) text[i] = 'a' + i % 26;
	SEND
	return close(s);
}`

const (
	sendOnce = `send(s, text, sizeof text, 0);`
	sendLoop = `for (size_t sent = 0; sent < sizeof text;) {
		ssize_t n = send(s, text + sent, sizeof text - sent, 0);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return 3;
		sent += n;
	}`
	sendUnaware = `for (size_t sent = 0; sent < sizeof text;) {
		ssize_t n = send(s, text + sent, sizeof text - sent, 0);
		if (n < 0) return 3;
		sent += n;
	}`
)

// TestPeer: what a peer gets from a program that heeds short writes, and from one
// that does not.
func TestPeer(t *testing.T) {
	once, loop, unaware := sending(t, sendOnce), sending(t, sendLoop), sending(t, sendUnaware)
	short := steps.Injection{Call: "send", Bytes: 7, On: "socket"}
	broken := steps.Injection{Call: "send", Errno: unix.EINTR, From: 2, To: 4}
	for _, test := range []struct {
		name, program string
		injections    []steps.Injection
		arrives, exit int
	}{
		{"none, once", once, nil, 1000, 0},
		{"short, once", once, []steps.Injection{short}, 7, 0},
		{"short, in a loop", loop, []steps.Injection{short}, 1000, 0},
		{"short and broken, in a loop", loop, []steps.Injection{broken, short}, 1000, 0},
		{"short and broken, unaware", unaware, []steps.Injection{broken, short}, 7, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, e := received(t, test.program, test.injections)
			if len(got) != test.arrives || e.status.ExitStatus() != test.exit {
				t.Errorf("got %d bytes, exit %d, injected %v", len(got), e.status.ExitStatus(), e.counts)
			}
			if !bytes.HasPrefix(bytes.Repeat([]byte("abcdefghijklmnopqrstuvwxyz"), 39), got) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func sending(t *testing.T, how string) string {
	return compiled(t, headers+string(bytes.Replace([]byte(sender), []byte("SEND"), []byte(how), 1)))
}

// received is what a program has sent when it has ended.
func received(t *testing.T, program string, injections []steps.Injection) ([]byte, ended) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	text := make(chan []byte, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			text <- nil
			return
		}
		defer conn.Close()
		all, _ := io.ReadAll(conn)
		text <- all
	}()
	e := kept{TB: t, injections: injections}.run(program, strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))
	return <-text, e
}
