package command

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// A file of a page is a block whose first line is a remark with its name.
var fileOfPage = regexp.MustCompile(`^(?:#|//|--) ((?:[\w.-]+/)*(?:[\w.-]*\.[a-z]+|Jenkinsfile))\n`)

// Pages show what one sees: their files are made, their commands run in one folder,
// in the order in which they stand.
func TestPages(t *testing.T) {
	for _, name := range []string{"tour", "reproduce", "conformance", "ci"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			for _, variable := range []string{"GITHUB_STEP_SUMMARY", "TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX", "XML_OUTPUT_FILE", "TESTBRIDGE_TEST_ONLY"} {
				t.Setenv(variable, "")
			}
			followPage(t, filepath.Join(pagesFolder, name+".md"), dir)
		})
	}
}

// pagesFolder is absolute: tests of pages change the folder.
var pagesFolder, _ = filepath.Abs("../../../docs")

// followPage does in a folder what a page says.
func followPage(t *testing.T, path, dir string) {
	page := readText(t, path)
	made := pageBlock.ReplaceAllStringFunc(page, func(block string) string {
		parts := pageBlock.FindStringSubmatch(block)
		kind, text := parts[1], parts[2]
		if kind == "console" {
			return "```console\n" + runPageCommands(t, dir, text) + "```"
		}
		if name := fileOfPage.FindStringSubmatch(text); name != nil {
			writePageFile(t, filepath.Join(dir, name[1]), text)
		}
		return block
	})
	if *updateScripts && made != page {
		if err := os.WriteFile(path, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
