package command

import (
	"fmt"
	"strings"

	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/steps"
)

// otherCalls are system calls that are not verbs of their own, with the verb that
// makes them.
var otherCalls = map[string]string{
	"accept4": "accept", "ppoll": "poll", "pselect": "select", "pselect6": "select", "epoll_pwait": "epoll_wait",
	"epoll_pwait2": "epoll_wait", "epoll_create1": "epoll_create", "pipe2": "pipe", "openat": "open",
	"getaddrinfo": "resolve", "tgkill": "interrupt",
}

// otherExplanations are those of a word that is no verb, key, matcher or errno,
// or not only one.
func otherExplanations(word string) []string {
	var parts []string
	constants := explainConstants(word)
	if constants == "" {
		constants = explainConstants(strings.ToUpper(word))
	}
	for _, text := range []string{explainCall(word), constants, explainArguments(word), explainRlimit(word)} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return parts
}

// explainCall says which verb makes a system call, and all of that verb.
func explainCall(word string) string {
	verb := otherCalls[word]
	if verb == "" {
		return ""
	}
	return fmt.Sprintf("%s  system call: made by the verb %s\n\n%s", word, verb, explainVerb(steps.Default().Find(verb)))
}

// explainConstants says what kind of constant a name is, its number, and where
// it stands.
func explainConstants(word string) string {
	table := steps.Default()
	var parts []string
	for _, m := range steps.ConstantNamed(word) {
		text := fmt.Sprintf("%s  constant %s: %s\n", m.Name, numberText(m.Value), m.What)
		var verbs []string
		for _, name := range m.Verbs {
			if table.Find(name) != nil {
				verbs = append(verbs, name)
			}
		}
		if len(verbs) > 0 {
			text += "\nsee " + strings.Join(verbs, ", ") + "\n"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "\n")
}

// numberText is a number, and as C's headers mostly write it where that differs.
func numberText(v int64) string {
	if v < 10 {
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("%d (%#x)", v, v)
}

// explainArguments says which verbs have an argument of that name, or one with a key
// of that name.
func explainArguments(word string) string {
	var of, keys strings.Builder
	var rows [][3]string
	var owners []string
	add := func(owner string, f *steps.ArgField) {
		if f.Name == word && owner != word { // the verb's own short form is told with it
			owners = append(owners, owner)
			rows = append(rows, [3]string{owner, language.Value(f), f.Help})
		}
	}
	for _, v := range steps.Default() {
		for _, f := range v.ArgFields() {
			add(v.Name, &f)
			if f.Name == word {
				writeRows(&keys, "keys of "+v.Name+"."+word, fieldRows(f.Keys()))
			}
			for _, k := range f.Keys() {
				add(v.Name+"."+f.Name, &k)
			}
		}
	}
	if len(rows) == 0 {
		return ""
	}
	writeRows(&of, word+"  argument of "+strings.Join(owners, ", ")+"\n", rows)
	return strings.TrimPrefix(of.String(), "\n") + keys.String()
}

// explainRlimit says what a limit of a process is called in C.
func explainRlimit(word string) string {
	name := strings.TrimPrefix(strings.ToLower(word), "rlimit_")
	if name == "rlimits" {
		return "rlimits  key of process: mapping\n\nlimits of an actor that is a process: " + strings.Join(steps.RlimitNames(), ", ") +
			"; see getrlimit(2). Those of a program under test are limits, of run\n\nexample\n  process: {rlimits: {nofile: 12}}\n"
	}
	if _, ok := steps.RlimitByName(name); !ok {
		return ""
	}
	return fmt.Sprintf("%s  limit of a process: RLIMIT_%s, see getrlimit(2)\n\nexample\n  process: {rlimits: {%s: 12}}\n",
		name, strings.ToUpper(name), name)
}

// otherWords are the words that are explained beside verbs, keys, matchers and
// errnos.
func otherWords() []string {
	words := append(steps.RlimitNames(), "rlimits")
	for call := range otherCalls {
		words = append(words, call)
	}
	for _, v := range steps.Default() {
		for _, f := range v.ArgFields() {
			for _, named := range append(f.Keys(), f) {
				if named.Name != "" {
					words = append(words, named.Name)
				}
			}
		}
	}
	for _, m := range steps.Constants() {
		words = append(words, m.Name)
	}
	return words
}
