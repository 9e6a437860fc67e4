package language

import (
	"fmt"
	"strings"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

//go:generate go test -run TestGeneratedFiles -update .

// Reference is the reference of the language in Markdown, made of the table of
// verbs and the descriptions of keys.
func Reference(table steps.Table) []byte {
	var b strings.Builder
	b.WriteString("# Reference\n\n" +
		"Every key, verb and matcher of a spec file. This page is made from the program's own tables (`go generate ./...`);\n" +
		"`sockspec explain WORD` shows the same in a terminal, and `sockspec schema` prints it for editors.\n\n" +
		"[Keys](#keys) · [Verbs](#verbs) · [Matchers](#matchers) · [Errors](#errors)\n\n## Keys\n")
	for _, p := range Places() {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| key | value | meaning |\n|---|---|---|\n", title(string(p.Place)), p.Help)
		for _, k := range Keys() {
			if k.Place == p.Place {
				fmt.Fprintf(&b, "| `%s` | %s%s | %s |\n", k.Name, cellText(k.Value), requiredWord(k.Required), cellText(k.Help))
			}
		}
	}
	b.WriteString("\n## Verbs\n\nA verb is one system call, made on a real socket. Its first result is the main one, which a plain value of\n" +
		"`expect` stands for.\n")
	for i := range table {
		verbReference(&b, &table[i])
	}
	matcherReference(&b)
	errnoReference(&b)
	return []byte(b.String())
}

func requiredWord(required bool) string {
	if required {
		return ", required"
	}
	return ""
}

// cellText is a text that does not end its cell of a table.
func cellText(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// keysReference is the table of the keys that an argument has itself.
func keysReference(b *strings.Builder, f *steps.ArgField) {
	keys := f.Keys()
	if len(keys) == 0 {
		return
	}
	fmt.Fprintf(b, "\n| key of `%s` | value | meaning |\n|---|---|---|\n", f.Name)
	for _, k := range keys {
		fmt.Fprintf(b, "| `%s` | %s%s | %s |\n", k.Name, Value(&k), requiredWord(k.Required), cellText(k.Help))
	}
}

// verbReference is the section of one verb.
func verbReference(b *strings.Builder, v *steps.Verb) {
	fmt.Fprintf(b, "\n### %s\n\n%s. It takes %s.\n", v.Name, title(v.Summary), Takes(v))
	if fields := v.ArgFields(); len(fields) > 0 {
		b.WriteString("\n| argument | value | meaning |\n|---|---|---|\n")
		for _, f := range fields {
			name := "`" + f.Name + "`"
			if f.Name == "" {
				name = "the value itself"
			}
			fmt.Fprintf(b, "| %s | %s%s | %s |\n", name, TypeWord(f.Type), requiredWord(f.Required), cellText(f.Help))
		}
		for _, f := range fields {
			keysReference(b, &f)
		}
	}
	if len(v.Results) > 0 {
		b.WriteString("\n| result | value | meaning |\n|---|---|---|\n")
		for _, r := range v.Results {
			name := "`" + r.Name + "`"
			if r.Name == "*" {
				name = "others"
			}
			fmt.Fprintf(b, "| %s | %s | %s |\n", name, TypeWord(r.Type), cellText(r.Help))
		}
	}
	for _, remark := range Remarks(v) {
		fmt.Fprintf(b, "\n%s.\n", title(remark))
	}
	if v.Example != "" {
		fmt.Fprintf(b, "\n```yaml\n%s\n```\n", v.Example)
	}
}

// Remarks are what else there is to say of a verb, a sentence each.
func Remarks(v *steps.Verb) []string {
	var list []string
	if v.On != 0 {
		list = append(list, "it is made on "+specs.WithArticle(v.On.String())+" (`via`)")
	}
	if len(v.Makes) > 0 {
		what := "it makes a handle, by default named "
		if len(v.Makes) > 1 {
			what = "it makes handles, by default named "
		}
		list = append(list, what+"`"+strings.Join(v.Makes, "`, `")+"` (`as`)")
	}
	if v.Looks {
		list = append(list, "it only looks, so it may have `within`")
	}
	if len(v.RawNames) > 0 {
		list = append(list, "`raw` may override "+strings.Join(v.RawNames, ", "))
	}
	return list
}

func matcherReference(b *strings.Builder) {
	b.WriteString("\n## Matchers\n\nA result matches a value that equals it, or a mapping of these, all of which must hold.\n\n" +
		"| matcher | for | holds where the result |\n|---|---|---|\n")
	for _, m := range steps.Matchers() {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", m.Name, m.On, cellText(m.Help))
	}
}

func errnoReference(b *strings.Builder) {
	b.WriteString("\n## Errors\n\nWhat errors of the kernel mean for sockets.\n\n| errno | text | meaning |\n|---|---|---|\n")
	for _, name := range ErrnoNames() {
		e, ok := steps.ErrnoByName(name)
		if ok {
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, steps.ErrnoText(e), cellText(errnoMeaning[name]))
		}
	}
}
