package command

import (
	"os"
	"path/filepath"
	"testing"
)

const reportsPage = "../../../docs/reports.md"

// What docs/reports.md shows is what one sees.
func TestReportsPage(t *testing.T) {
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	dir := t.TempDir()
	page := readText(t, reportsPage)
	made := pageBlock.ReplaceAllStringFunc(page, func(block string) string {
		parts := pageBlock.FindStringSubmatch(block)
		if name := pageFile.FindStringSubmatch(parts[2]); name != nil && parts[1] == "yaml" {
			writePageFile(t, filepath.Join(dir, name[1]), parts[2])
		}
		if parts[1] != "console" {
			return block
		}
		return "```console\n" + runPageCommands(t, dir, parts[2]) + "```"
	})
	if *updateScripts && made != page {
		if err := os.WriteFile(reportsPage, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
