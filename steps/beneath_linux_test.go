package steps

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// strangersKit is one in which programs are that nobody trusts, a folder that is
// not theirs, and links that they have made: out, a folder; stream and dgram, the
// files of sockets; in and there, which lead to what is theirs.
func strangersKit(t *testing.T) (k *kit, outside string) {
	t.Helper()
	k, outside = newKit(t), t.TempDir()
	k.world.strangers.Store(true)
	if err := k.world.NeedTmp(); err != nil {
		t.Fatal(err)
	}
	k.run(`
- socket: unix
  as: stream
- bind: %[1]s/stream
  via: stream
- listen: 9
  via: stream
- socket: unixgram
  as: dgram
- bind: %[1]s/dgram
  via: dgram`, outside)
	inTmp := func(name string) string { return filepath.Join(k.world.Tmp, name) }
	if err := errors.Join(
		os.Symlink(outside, inTmp("out")), os.Symlink(outside+"/stream", inTmp("stream")), os.Symlink(outside+"/dgram", inTmp("dgram")),
		os.Mkdir(inTmp("d"), 0o755), os.Symlink("d", inTmp("in")), os.Symlink("d/s", inTmp("there")),
	); err != nil {
		t.Fatal(err)
	}
	return k, outside
}

// No way that a call takes to the file of a socket leads out of the folders of
// programs that nobody trusts.
func TestAddressesStayBeneath(t *testing.T) {
	k, outside := strangersKit(t)
	for _, c := range []struct{ kind, call string }{
		{"unix", "bind: out/s"},
		{"unix", "bind: " + k.world.Tmp + "/out/s"},
		{"unix", "bind: " + k.world.Tmp + "/../tmp/out/s"},
		{"unix", "bind: d/../out/s"},
		{"unix", "bind: d/../../s"},
		{"unix", "connect: ./stream"},
		{"unix", "connect: out/stream"},
		{"unix", "connect: in/../out/stream"},
		{"unixgram", "connect: ./dgram"},
		{"unixgram", "sendto: {data: x, to: ./dgram}"},
		{"unixgram", "sendto: {data: x, to: out/dgram}"},
		{"unixgram", "sendmsg: {data: x, to: ./dgram}"},
		{"unixgram", "sendmmsg: [{data: x, to: out/dgram}, {data: x, to: ./dgram}]"},
		{"unix", "connect: {hex: " + hex.EncodeToString(UnixAddress(k.world.Tmp+"/out/stream").Sockaddr()) + "}"},
	} {
		k.run("- {socket: %s, as: own}\n- %s\n  via: own\n  expect: {error: EXDEV}\n- close: own", c.kind, c.call)
	}
	k.run("- recv: {flags: MSG_DONTWAIT}\n  via: dgram\n  expect: {error: EAGAIN}")
	for _, path := range []string{outside + "/s", filepath.Dir(k.world.Tmp) + "/s"} {
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s was bound", path)
		}
	}
}

// What leads to what is below works as ever: the name of a socket is what bind was
// given, errors are the kernel's, and it judges the rest of the call first.
func TestAddressesBeneath(t *testing.T) {
	k, _ := strangersKit(t)
	k.run(`
- {socket: unix, as: welcome}
- {bind: in/s, via: welcome, expect: %[1]s/in/s}
- {getsockname: , via: welcome, expect: %[1]s/in/s}
- {listen: 1, via: welcome}
- {socket: unix, as: client}
- {connect: ./there, via: client}
- {getpeername: , via: client, expect: %[1]s/in/s}
- {accept: , via: welcome, as: conn}
- {socket: unix, as: early}
- {connect: %[1]s/d/s, via: early, raw: {addrlen: 400}, expect: {error: EINVAL}}
- {connect: d/missing, via: early, expect: {error: ENOENT}}
- {connect: there/s, via: early, expect: {error: ENOTDIR}}
- {sendto: {data: x, to: out/stream}, via: conn, expect: {error: EISCONN}}
- {bind: in/s, via: early, expect: {error: EADDRINUSE}}
- {bind: missing/s, via: early, expect: {error: ENOENT}}
- {socket: unixgram, as: a}
- {bind: in/a, via: a}
- {socket: unixgram, as: b}
- {bind: ./b, via: b}
- {sendto: {data: x, to: d/a}, via: b}
- {recvfrom: , via: a, expect: {data: x, from: %[1]s/b}}
- {sendmsg: {data: y, to: ./b}, via: a}
- {recvfrom: , via: b, expect: {data: y, from: %[1]s/in/a}}
- {sendmmsg: [{data: z, to: in/a}, {data: z, to: out/dgram}], via: b, expect: {lengths: [1]}}`, k.world.Tmp)
}

// Between the moment at which somebody looks and the call the program may put a
// link where a folder was.
func TestBindRacesWithLinks(t *testing.T) {
	k, outside := strangersKit(t)
	folder, link := filepath.Join(k.world.Tmp, "d"), filepath.Join(k.world.Tmp, "out")
	var swapper sync.WaitGroup
	stop := make(chan struct{})
	swapper.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				unix.Renameat2(unix.AT_FDCWD, folder, unix.AT_FDCWD, link, unix.RENAME_EXCHANGE)
			}
		}
	})
	bound := 0
	for i := range 300 {
		k.run("- {socket: unix, as: own}\n- {bind: d/%d, via: own, expect: {any: {inside: {}, refused: {error: [EXDEV, EACCES]}}}}\n- close: own", i)
		if _, err := os.Lstat(fmt.Sprintf("%s/%d", outside, i)); err == nil {
			t.Errorf("%d was bound outside", i)
		}
		for _, d := range []string{folder, link} {
			if _, err := os.Lstat(fmt.Sprintf("%s/%d", d, i)); err == nil {
				bound++
				break
			}
		}
	}
	close(stop)
	swapper.Wait()
	if bound == 0 {
		t.Error("none was bound inside")
	}
}

// Without privileges the call has none where it is made either.
func TestBindBeneathWithoutPrivileges(t *testing.T) {
	k, _ := strangersKit(t)
	locked := filepath.Join(k.world.Tmp, "d")
	if err := os.Chmod(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	k.run("- {socket: unix, as: own}")
	sa := UnixAddress(locked + "/s").Sockaddr()
	var err error
	e := Env{World: k.world, Via: k.handle("own")}
	if failed := e.WithoutPrivileges(func() { err = e.bind(e.Via.fd, sa, int64(len(sa))) }); failed != nil {
		t.Fatal(failed)
	}
	if err != syscall.EACCES {
		t.Errorf("bind in a folder that may not be written to: %v, want EACCES", err)
	}
	if err := os.Chmod(locked, 0o700); err != nil {
		t.Fatal(err)
	}
	if failed := e.WithoutPrivileges(func() { err = e.bind(e.Via.fd, sa, int64(len(sa))) }); failed != nil || err != nil {
		t.Error(failed, err)
	}
}
