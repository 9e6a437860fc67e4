package specs

import (
	"regexp"
	"strconv"
	"strings"
)

// sysctls reads kernel parameters and their values.
func (r *scenarioReader) sysctls(n *Node) []Sysctl {
	if !r.known(n) {
		return nil
	}
	if n = n.expanded(); n.Kind != Map {
		r.fail(n.Errorf("wants a mapping from kernel parameters to values, got %s", n.Describe()))
		return nil
	}
	var sysctls []Sysctl
	for _, f := range n.Fields {
		if f.Key.pending {
			r.fail(notBefore(f.Key))
			continue
		}
		if !sysctlName.MatchString(f.Key.Text) {
			r.fail(f.Key.Errorf("wants a kernel parameter of the network such as net.ipv4.tcp_syn_retries, got %s", quote(f.Key.Text)))
			continue
		}
		value := r.text(f.Value)
		if len(value) > maxSysctl || strings.ContainsAny(value, "\n\r\x00") {
			r.fail(f.Value.Errorf("wants a value of one line, at most %d bytes", maxSysctl))
			continue
		}
		sysctls = append(sysctls, Sysctl{f.Key.Pos(), f.Key.Text, value})
	}
	return sysctls
}

var sysctlName = regexp.MustCompile(`^net(\.[A-Za-z0-9_-]+)+$`)

const maxSysctl = 4095 // a page without its zero byte: the kernel takes no more

// requirements are the kinds that may stand in `requires`, as they are written.
var requirements = []string{"linux", "root", "ipv6", "netns", "program:", "kernel>="}

func (r *scenarioReader) requires(n *Node) []Requirement {
	var all []Requirement
	for _, item := range r.items(n) {
		text := r.text(item)
		if text == "" {
			if item.Kind == Scalar && item.Template == nil {
				r.fail(item.badRequirement(text))
			}
			continue
		}
		q := Requirement{Pos: item.Pos(), Kind: text}
		if i := strings.IndexAny(text, ":>"); i >= 0 {
			q.Kind, q.Arg = text[:i], strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text[i:], ":"), ">="))
			q.Kind = strings.TrimSpace(q.Kind)
		}
		if !q.valid(text) {
			r.fail(item.badRequirement(text))
			continue
		}
		all = append(all, q)
	}
	return all
}

// valid tells whether the kind exists and has the argument that it wants.
func (q *Requirement) valid(text string) bool {
	switch q.Kind {
	case "linux", "root", "ipv6", "netns":
		return text == q.Kind
	case "program":
		return strings.Contains(text, ":") && q.Arg != "" && !strings.ContainsAny(q.Arg, " \t\n")
	case "kernel":
		return strings.Contains(text, ">=") && isVersion(q.Arg)
	}
	return false
}

func isVersion(s string) bool {
	parts := strings.Split(s, ".")
	for _, p := range parts {
		if _, err := strconv.ParseUint(p, 10, 16); err != nil {
			return false
		}
	}
	return len(parts) <= 3
}

func (n *Node) badRequirement(text string) *Error {
	err := n.Errorf("wants linux, root, ipv6, netns, program:NAME or kernel>=X.Y, got %s", quote(text))
	word := text
	if i := strings.IndexAny(text, ":>"); i >= 0 {
		word = text[:i]
	}
	kinds := make([]string, len(requirements))
	for i, k := range requirements {
		kinds[i] = strings.TrimRight(k, ":>=")
	}
	if near := Suggest(word, kinds); near != "" {
		err.WithHint("did you mean %s?", near)
	}
	return err
}
