package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What docs/testscript.md shows is a part of the module docs/examples, to the letter;
// CI runs that.
func TestExamplesPage(t *testing.T) {
	const docs = "../../../docs/"
	page, err := os.ReadFile(docs + "testscript.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?ms)^```[a-z]*\n(?:#|//) (\\S+)\n(.*?)^```$")
	shown := map[string]bool{}
	for _, parts := range block.FindAllStringSubmatch(string(page), -1) {
		name, text := parts[1], parts[2]
		whole, err := os.ReadFile(filepath.Join(docs, "examples", name))
		if err != nil || !strings.Contains(string(whole), text) {
			t.Errorf("%s does not have what the page shows of it: %v\n%s", name, err, text)
		}
		shown[name] = true
	}
	if len(shown) != 7 {
		t.Errorf("the page shows %d files, wanted 7", len(shown))
	}
}
