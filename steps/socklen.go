package steps

// socklen is the length of an address that a call fills in: the room that it is
// told of, and the length that it leaves there.
type socklen struct{ told, left int32 }

// newSocklen is for a call that is told this length, as C's int holds it.
func newSocklen(told int64) socklen { return socklen{int32(told), int32(told)} }

// wholeAddress is for a call with room for every address.
func wholeAddress() *socklen { return &socklen{sockaddrRoom, sockaddrRoom} }

// String is as strace writes it: [128 => 16], or [16] where it stays.
func (l socklen) String() string {
	if l.left == l.told {
		return "[" + decimal(int64(l.told)) + "]"
	}
	return "[" + decimal(int64(l.told)) + " => " + decimal(int64(l.left)) + "]"
}

// unfilled is an address in the log of a call that failed: there was room for
// one, and nothing was written there.
const unfilled = "…"
