package steps

import (
	"slices"
	"strings"
)

// ConstantMeaning is what the name of a constant stands for in one place.
type ConstantMeaning struct {
	Name, What string
	Value      int64
	// Verbs that take it, or give it.
	Verbs []string
}

// constantUse is a table with the verbs that read its names, or show them.
type constantUse struct {
	table *ConstantTable
	verbs string
}

func constantUses() []constantUse {
	return []constantUse{
		{&domains, "socket socketpair"}, {&socketTypes, "socket socketpair getsockopt"}, {&socketFlags, "socket socketpair"},
		{&protocols, "socket socketpair getsockopt"}, {&etherTypes, "socket bind"}, {&packetTypes, "recvfrom recvmsg"},
		{&packetMemberships, "setsockopt"}, {&packetVersions, "setsockopt getsockopt"},
		{&messageFlagNames, "send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg"},
		{&pollEvents, "poll"}, {&epollEvents, "epoll_ctl epoll_wait"}, {&epollFlags, "epoll_create"},
		{&spliceFlags, "splice"}, {&levels, "setsockopt getsockopt sendmsg recvmsg"}, {&fcntlCommands, "fcntl"},
		{&openFlags, "open fcntl pipe"}, {&ioctlRequests, "ioctl"}, {&interfaceFlags, "ioctl"}, {&ethtoolCommands, "ioctl"},
		{&shutdownHows, "shutdown"}, {&signals, "signal"}, {&timestampingFlags, "setsockopt getsockopt"},
		{&icmpTypes, "inject"}, {&icmpCodes, "inject reject"}, {&icmp6Types, "inject"}, {&icmp6Codes, "inject reject"},
		{&tcpFlagNames, "inject drop reject"}, {&fragmentFlagNames, "inject"}, {&errorOrigins, "recvmsg recvmmsg"},
	}
}

// ConstantNamed is all that a name stands for, in the order of the tables; nil
// where it is no constant. Errnos are told by [ErrnoByName].
func ConstantNamed(name string) []ConstantMeaning {
	return slices.DeleteFunc(Constants(), func(m ConstantMeaning) bool { return m.Name != name })
}

// Constants are all constants that steps know by name, but for the errnos.
func Constants() []ConstantMeaning {
	var list []ConstantMeaning
	for _, use := range constantUses() {
		for _, row := range use.table.Rows {
			list = append(list, ConstantMeaning{row.Name, use.table.What, row.Value, strings.Fields(use.verbs)})
		}
	}
	for _, o := range options {
		list = append(list, o.meaning("an option of a socket", "setsockopt", "getsockopt"))
	}
	for _, o := range controls {
		list = append(list, o.meaning("a control message", "sendmsg", "sendmmsg", "recvmsg", "recvmmsg"))
	}
	return list
}

// meaning is that of an option, or of a control message.
func (o *Option) meaning(what string, verbs ...string) ConstantMeaning {
	what += " of level " + Level(o.Level).String() + ", whose value is " + o.value.what
	return ConstantMeaning{o.Name, what, int64(o.Number), verbs}
}
