package sandbox

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPrograms(t *testing.T) {
	eachKind(t, func(t *testing.T, b *box) {
		os.WriteFile(b.own("a.c"), []byte("#include <stdio.h>\nint main(void) { puts(\"hello from C\"); }\n"), 0o644)
		dir := b.Sandbox.Own[0]
		for _, p := range []struct{ needs, script, want string }{
			{"sh", "echo hello", "hello"},
			{"gcc", "cd " + dir + " && gcc -o a a.c && ./a", "hello from C"},
			{"python3", `python3 -c 'import json, socket, ssl, tempfile; tempfile.TemporaryFile(); print("hello")'`, "hello"},
			{"python3", `python3 -c 'import multiprocessing as m; m.Lock(); print("hello")'`, "hello"},
			{"python3", `python3 -c 'import socket as s; print(s.if_nameindex()[0][1], s.getaddrinfo("localhost", 80)[0][4][1])'`, "lo 80"},
			{"java", "java -version 2>&1 | grep -c Runtime", "1"},
			{"bash", `bash -c 'cat < <(echo hello); echo x > /dev/stderr; cat <<< y' 2>/dev/null`, "hello\ny"},
			{"sh", "echo hello > /dev/stdout; echo gone > /dev/null; ls /dev/fd/0", "hello\n/dev/fd/0"},
		} {
			if _, err := os.Stat("/usr/bin/" + p.needs); err != nil && p.needs != "sh" {
				continue
			}
			if got := b.works(p.script); got != p.want {
				t.Errorf("%s: got %q, want %q", p.script, got, p.want)
			}
		}
	})
}

// TestFiles is about what both the view and Landlock guard, each alone too.
func TestFiles(t *testing.T) {
	for _, layers := range []struct {
		name    string
		without []uint32
	}{
		{"the view and Landlock", nil},
		{"the view", []uint32{unix.SYS_LANDLOCK_CREATE_RULESET}},
		{"Landlock", []uint32{unix.SYS_UNSHARE}},
	} {
		t.Run(layers.name, func(t *testing.T) {
			eachKind(t, func(t *testing.T, b *box) {
				b.Without = layers.without
				testFiles(b)
			})
		})
	}
}

func testFiles(b *box) {
	other := filepath.Join(filepath.Dir(b.Sandbox.Own[0]), "other")
	secret := filepath.Join(other, "secret")
	os.Mkdir(other, 0o777)
	os.Chmod(other, 0o777)
	os.WriteFile(secret, []byte("rubric"), 0o666)
	os.Chmod(secret, 0o666)
	a, d := b.own("a"), b.own("d")

	b.works("echo x > " + a + " && cat " + a + " && mkdir " + d + " && mv " + a + " " + d + "/b && ln -s b " + d + "/c && rm " + d + "/c")
	b.works("cat " + b.Sandbox.Read[0] + " > /dev/null && head -c 1 /dev/urandom > " + a)
	for _, script := range []string{
		"cat " + secret, "ls " + other, "ls " + filepath.Dir(other) + " | grep other", "echo > " + secret, "echo > " + other + "/x", "mkdir " + other + "/x",
		"echo > " + b.Sandbox.Read[0], "rm " + b.Sandbox.Read[0], "truncate -s 0 " + secret, "ln " + secret + " " + b.own("e"),
		"echo > /usr/x", "echo > /x", "echo > /etc/x", "ls /root", "ls /home", "ls /var", "cat /proc/1/environ",
		"echo 1 > /proc/sys/net/ipv4/ip_forward", "ls /proc/1/root/", "cat /dev/kmsg", "mkdir /dev/x",
	} {
		if out, exit := b.sh(script); exit == 0 {
			b.Errorf("%s: succeeded: %s", script, out)
		}
	}
	if text, err := os.ReadFile(secret); string(text) != "rubric" {
		b.Errorf("the secret has become %q, %v", text, err)
	}
}

// TestScratch is about /tmp and /dev/shm, which programs of a scenario share.
func TestScratch(t *testing.T) {
	eachKind(t, func(t *testing.T, b *box) {
		b.works("echo x > /tmp/mine && cp /dev/shm/mine /dev/shm/copy")
		if got := b.works("cat /tmp/copy"); got != "x" {
			t.Errorf("a second program reads %q, want x", got)
		}
		if _, err := os.Stat(filepath.Join(b.Sandbox.Tmp, "copy")); err != nil {
			t.Error("what is in /tmp is not in its folder:", err)
		}
		b.Sandbox.Tmp = ""
		if got := b.works("echo x > /tmp/mine && ls /tmp/mine; ls /dev/shm"); got != "/tmp/mine" {
			t.Errorf("in memory: got %q", got)
		}
		b.fails("cat /tmp/mine", "No such file")
		b.fails("head -c 17m /dev/zero > /tmp/large", "No space")
	})
}

// TestView is about what only the view hides: that something is there at all, and
// the sockets of others.
func TestView(t *testing.T) {
	eachKind(t, func(t *testing.T, b *box) {
		for folder, has := range map[string]string{"/": "bin dev etc lib", "/dev": "fd full null random shm stderr stdin stdout urandom zero"} {
			got := " " + strings.ReplaceAll(b.works("ls "+folder), "\n", " ") + " "
			for _, name := range strings.Fields(has) {
				if !strings.Contains(got, " "+name+" ") {
					t.Errorf("%s has%s, want %s", folder, got, name)
				}
			}
			for _, name := range []string{"root", "home", "var", "run", "work", "mnt", "tty", "kmsg", "sda", "vda"} {
				if strings.Contains(got, " "+name+" ") {
					t.Errorf("%s has %s", folder, name)
				}
			}
		}
		path := filepath.Join(filepath.Dir(b.Sandbox.Own[0]), "socket")
		listener, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		os.Chmod(path, 0o777)
		if out, _ := b.run(programName, "connect", "0", path); out != "no such file or directory" {
			t.Errorf("it connects to a socket of another program: %q", out)
		}
	})
}
