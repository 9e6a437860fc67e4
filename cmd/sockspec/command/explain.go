package command

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

func (s *session) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [WORD]",
		Short: "says what a verb, a key, a matcher or an errno means",
		Long: "explain says what a word of the language means: a verb with its arguments, results and an example that runs; a key;\n" +
			"a matcher; an errno, by name, number or text: with which calls the catalogue shows it, and what to do; an argument of a\n" +
			"verb; a constant such as SO_LINGER. Without a WORD it lists verbs, keys, matchers and errnos.",
		RunE: func(cmd *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				s.explainAll()
				return nil
			case 1:
				return s.explain(args[0])
			}
			if args := withErrnos(args); len(args) == 1 {
				return s.explain(args[0])
			}
			return usagef("explain takes one word, got %d, which are no text of an errno", len(args))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return wordsToExplain(), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// explain says everything that a word means.
func (s *session) explain(word string) error {
	var parts []string
	if v := steps.Default().Find(word); v != nil {
		errors, err := explainErrors(v.Name)
		if err != nil {
			return err
		}
		parts = append(parts, explainVerb(v)+errors)
	}
	for _, k := range language.KeysNamed(word) {
		parts = append(parts, explainKey(&k))
	}
	for _, m := range steps.Matchers() {
		if m.Name == word {
			text := fmt.Sprintf("%s  matcher, for %s\n\nHolds where the result %s.\n", m.Name, m.On, m.Help)
			parts = append(parts, text+exampleOf(language.MatcherPlace, m.Name))
		}
	}
	if e, ok := errnoNamed(word); ok {
		text, err := explainErrno(e)
		if err != nil {
			return err
		}
		parts = append(parts, text)
	}
	parts = append(parts, otherExplanations(word)...)
	if len(parts) == 0 {
		return unknownWord(word)
	}
	fmt.Fprint(s.stdout, strings.Join(parts, "\n"))
	return nil
}

// unknownWord names what is near.
func unknownWord(word string) error {
	all := wordsToExplain()
	if near := specs.Suggest(word, all); near != "" {
		return usagef("there is no word %q to explain\ndid you mean %s?", word, near)
	}
	if near := specs.Suggest(strings.ToLower(word), errnoTexts()); near != "" {
		return usagef("there is no word %q to explain\ndid you mean %q?", word, near)
	}
	var begin, other []string
	for _, w := range all {
		switch {
		case len(word) < 2:
		case strings.HasPrefix(w, word):
			begin = append(begin, w)
		case strings.HasPrefix(strings.ToLower(w), strings.ToLower(word)):
			other = append(other, w)
		}
	}
	begin = append(begin, other...)
	const shown = 20
	if len(begin) > shown {
		begin = append(begin[:shown], "…")
	}
	if len(begin) > 0 {
		return usagef("there is no word %q to explain\nthere is %s", word, strings.Join(begin, ", "))
	}
	return usagef("there is no word %q to explain\nsockspec explain lists all", word)
}

// wordsToExplain are all words that have an explanation.
func wordsToExplain() []string {
	words := append(steps.Default().Names(), language.Names()...)
	words = append(words, otherWords()...)
	for _, m := range steps.Matchers() {
		words = append(words, m.Name)
	}
	words = append(words, language.ErrnoNames()...)
	for n := range syscall.Errno(4096) {
		if name := steps.ErrnoName(n); name != "" {
			words = append(words, name)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// explainAll lists every word with a short explanation.
func (s *session) explainAll() {
	table := steps.Default()
	fmt.Fprintln(s.stdout, "verbs")
	for i := range table {
		fmt.Fprintf(s.stdout, "  %-14s %s\n", table[i].Name, table[i].Summary)
	}
	for _, p := range language.Places() {
		fmt.Fprintf(s.stdout, "\n%s\n", strings.Replace(placeWords[p.Place], " of", "s of", 1))
		for _, k := range language.Keys() {
			if k.Place == p.Place {
				fmt.Fprintf(s.stdout, "  %-14s %s\n", k.Name, firstSentence(plain(k.Help)))
			}
		}
	}
	fmt.Fprintln(s.stdout, "\nmatchers")
	for _, m := range steps.Matchers() {
		fmt.Fprintf(s.stdout, "  %-14s the result %s\n", m.Name, m.Help)
	}
	fmt.Fprintln(s.stdout, "\nerrnos")
	for _, name := range language.ErrnoNames() {
		if e, ok := steps.ErrnoByName(name); ok {
			fmt.Fprintf(s.stdout, "  %-16s %s\n", name, steps.ErrnoText(e))
		}
	}
}

// firstSentence is what comes before the first full stop or semicolon.
func firstSentence(text string) string {
	if i := strings.Index(text, ". "); i >= 0 {
		text = text[:i]
	}
	return text
}

// plain is a text without the marks of Markdown.
func plain(text string) string { return strings.ReplaceAll(text, "`", "") }

// explainVerb is all there is to know of a verb.
func explainVerb(v *steps.Verb) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  verb: %s\n\ntakes %s\n", v.Name, v.Summary, language.Takes(v))
	writeRows(&b, "arguments", fieldRows(v.ArgFields()))
	for _, f := range v.ArgFields() {
		writeRows(&b, "keys of "+f.Name, fieldRows(f.Keys()))
	}
	var rows [][3]string
	for i, r := range v.Results {
		help := r.Help
		if i == 0 && r.Name != "*" {
			help += " (the main one)"
		}
		name := r.Name
		if name == "*" {
			name = "…"
		}
		rows = append(rows, [3]string{name, language.TypeWord(r.Type), help})
	}
	writeRows(&b, "results", rows)
	if remarks := language.Remarks(v); len(remarks) > 0 {
		b.WriteString("\n")
		for _, r := range remarks {
			b.WriteString(plain(r) + "\n")
		}
	}
	if v.Example != "" {
		b.WriteString("\nexample\n" + indented(exampleSpec(v), "  "))
	}
	return b.String()
}

// fieldRows are the names of an argument, what each takes, and what it means.
func fieldRows(fields []steps.ArgField) (rows [][3]string) {
	for _, f := range fields {
		name, help := f.Name, f.Help
		if name == "" {
			name = "(the value)"
		}
		if f.Required {
			help += " (required)"
		}
		rows = append(rows, [3]string{name, language.Value(&f), help})
	}
	return rows
}

// exampleSpec is a verb's example as a whole file.
func exampleSpec(v *steps.Verb) string {
	return "scenarios:\n  - name: " + v.Name + "\n    actors:\n      someone:\n" + indented(v.Example, "        ")
}

// writeRows writes a small table below a heading.
func writeRows(b *strings.Builder, heading string, rows [][3]string) {
	if len(rows) == 0 {
		return
	}
	first, second := 0, 0
	for _, r := range rows {
		first, second = max(first, len([]rune(r[0]))), max(second, len(r[1]))
	}
	fmt.Fprintf(b, "\n%s\n", heading)
	for _, r := range rows {
		line := fmt.Sprintf("  %-*s  %s", first, r[0], r[2])
		if second > 0 {
			line = fmt.Sprintf("  %-*s  %-*s  %s", first, r[0], second, r[1], r[2])
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// indented puts something before each line of a text.
func indented(text, before string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = before + l
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// placeWords say what a key of each place is.
var placeWords = map[language.Place]string{
	language.File: "key of a file", language.Defaults: "key of defaults", language.Scenario: "key of a scenario",
	language.Actor: "key of an actor", language.Step: "modifier of a step", language.Expect: "key of expect",
	language.GradingFile: "key of the grading of a file", language.GradingScenario: "key of the grading of a scenario",
}

func explainKey(k *language.Key) string {
	place := placeWords[k.Place]
	if k.Required {
		place += ", required"
	}
	text := fmt.Sprintf("%s  %s: %s\n\n%s\n", k.Name, place, plain(k.Value), plain(k.Help))
	return text + exampleOf(k.Place, k.Name)
}

// exampleOf is the example of a key or a matcher, a whole file.
func exampleOf(place language.Place, word string) string {
	text := language.ExampleFile(place, word)
	if text == "" {
		return ""
	}
	return "\nexample\n" + indented(text, "  ")
}
