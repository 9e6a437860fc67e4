package command

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/specs/catalog"
)

// catalogPrefix is what a path into the shipped catalogue begins with, and what
// places in its files are called by.
const catalogPrefix = "catalog:"

// catalogInputs are the files that a path of the catalogue stands for, each with
// the scenarios of it that are meant: all, or those of a number, a tag or a name.
func catalogInputs(path string) ([]input, error) {
	subject := strings.TrimSuffix(strings.TrimPrefix(path, catalogPrefix), "/")
	if files := catalogFiles(subject); len(files) > 0 {
		return readCatalog(files)
	}
	if at := placeInFile.FindStringSubmatch(subject); at != nil && len(catalogFiles(at[1])) == 1 {
		line, _ := strconv.Atoi(at[2])
		return scenarioAt(catalogFiles(at[1]), line)
	}
	folder, word := "", subject
	if head, rest, ok := strings.Cut(subject, "/"); ok && slices.Contains(catalog.Folders(), head) {
		folder, word = head, rest
	}
	list, err := scenariosCalled(catalogFiles(folder), word)
	if err == nil && len(list) == 0 {
		err = notInCatalog(subject)
	}
	return list, err
}

// catalogFiles are the files of a subject: everything, a folder, or one file with
// or without its folder.
func catalogFiles(subject string) []string {
	subject = strings.TrimSuffix(subject, ".yaml")
	var names []string
	for _, name := range catalog.Names() {
		bare := strings.TrimSuffix(name, ".yaml")
		if subject == "" || bare == subject || catalog.Subject(name) == subject || strings.HasPrefix(bare, subject+"/") {
			names = append(names, name)
		}
	}
	return names
}

func readCatalog(names []string) ([]input, error) {
	list := make([]input, len(names))
	for i, name := range names {
		text, err := catalog.Read(name)
		list[i] = input{name: catalogPrefix + name, text: text, err: err}
	}
	return list, nil
}

// placeInFile is a place as reports name it: errors/connect.yaml:12:5.
var placeInFile = regexp.MustCompile(`^(.+\.yaml):([0-9]+)(?::[0-9]+)?$`)

// scenarioAt is the one that a line of a file belongs to; the first for a line
// above it.
func scenarioAt(names []string, line int) ([]input, error) {
	list, err := readCatalog(names)
	if err != nil {
		return nil, err
	}
	file, err := specs.Load(list[0].name, list[0].text, specs.Options{})
	if err != nil {
		return nil, &mistaken{mistakesOf(err)}
	}
	at := file.Scenarios[0].Pos
	for _, s := range file.Scenarios {
		if s.Pos.Line <= line {
			at = s.Pos
		}
	}
	list[0].only = map[string]bool{}
	for _, s := range file.Scenarios {
		if s.Pos == at {
			list[0].only[s.Name] = true
		}
	}
	return list, nil
}

// scenariosCalled are those with this number, tag or name. Only the files in whose text
// the word stands are looked into.
func scenariosCalled(names []string, word string) ([]input, error) {
	files, err := readCatalog(names)
	if err != nil || word == "" {
		return nil, err
	}
	var list []input
	for _, in := range files {
		number := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(firstWord(word)))
		if !number.Match(in.text) {
			continue
		}
		file, err := specs.Load(in.name, in.text, specs.Options{})
		if err != nil {
			return nil, &mistaken{mistakesOf(err)}
		}
		in.only = map[string]bool{}
		for _, s := range file.Scenarios {
			if isCalled(s, word) {
				in.only[s.Name] = true
			}
		}
		if len(in.only) > 0 {
			list = append(list, in)
		}
	}
	return list, nil
}

// firstWord is what is looked for in a text, in which a name may be quoted or
// have expressions further on.
func firstWord(name string) string {
	word, _, _ := strings.Cut(name, " ")
	return word
}

// isCalled tells whether a scenario goes by a word: its number, a tag, its name.
func isCalled(s *specs.Scenario, word string) bool {
	number, _, _ := strings.Cut(s.Name, " ")
	return s.Name == word || strings.EqualFold(number, word) ||
		slices.ContainsFunc(s.Tags, func(tag string) bool { return strings.EqualFold(tag, word) })
}

// notInCatalog names what is near: a subject, a number or tag, a name.
func notInCatalog(subject string) error {
	short, names := catalogWords()
	text := catalogPrefix + subject + ": the catalogue has no such subject, number, tag or name"
	if near := specs.Suggest(subject, short); near != "" {
		return usagef("%s\ndid you mean %s%s?", text, catalogPrefix, near)
	}
	if _, rest, ok := strings.Cut(subject, "/"); ok {
		if near := specs.Suggest(rest, short); near != "" {
			return usagef("%s\ndid you mean %s%s?", text, catalogPrefix, near)
		}
	}
	if near := specs.Suggest(subject, names); near != "" {
		return usagef("%s\ndid you mean '%s%s'?", text, catalogPrefix, near)
	}
	return usagef("%s\nsockspec list catalog: shows all of it", text)
}

// catalogWords are what paths of the catalogue may say: subjects, numbers and
// tags, and the names of scenarios.
func catalogWords() (short, names []string) {
	short = slices.Clone(catalog.Folders())
	for _, name := range catalog.Names() {
		short = append(short, strings.TrimSuffix(name, ".yaml"), catalog.Subject(name))
	}
	list, _ := language.Catalog() // a file that is wrong is said when it is used
	for i := range list {
		names = append(names, list[i].Name)
		short = append(short, list[i].Tags...)
	}
	slices.Sort(short)
	return slices.Compact(short), names
}

// completePaths completes PATHs: files, and what the catalogue has.
func completePaths(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	if strings.HasPrefix(begun, catalogPrefix) {
		words, _ := catalogWords()
		for i := range words {
			words[i] = catalogPrefix + words[i]
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
	if files, _ := filepath.Glob(begun + "*"); begun != "" && len(files) == 0 && strings.HasPrefix(catalogPrefix, begun) {
		return []string{catalogPrefix}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}
