package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The commands of the recipes of docs/ci.md work: each is run, in its order, with what
// the server would put in place of the variables. Two are not what they are: nothing is
// installed, and no setting of the machine is changed.
func TestRecipes(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("GITHUB_STEP_SUMMARY", filepath.Join(dir, "summary"))
	t.Setenv("GITHUB_ACTIONS", "true")
	makeFiles(t, filepath.Join(pagesFolder, "ci.md"), dir)
	standIns(t)
	for _, c := range recipe(t, ".github/workflows/sockspec.yaml", `(?m)^ +- run: (.+)$`, nil) {
		mustRun(t, c)
	}
	part, all := parts(t)
	for i := range 3 {
		for _, c := range part {
			mustRun(t, strings.ReplaceAll(c, "${{ matrix.part }}", string(rune('0'+i))), "TEST_TOTAL_SHARDS=3", "TEST_SHARD_INDEX="+string(rune('0'+i)))
		}
	}
	for _, c := range all {
		mustRun(t, c)
	}
	if got := readText(t, "sockspec.xml"); strings.Count(got, "<testcase") != 3 {
		t.Errorf("the report of all parts is\n%s", got)
	}
	gitlab := recipe(t, ".gitlab-ci.yml", `(?m)^    - (.+)$`, nil)
	mustRun(t, strings.Join(gitlab, "\n"), "CI_NODE_INDEX=2", "CI_NODE_TOTAL=2", "TEST_TOTAL_SHARDS=2")
	if got := readText(t, "sockspec.xml"); strings.Count(got, "<testcase") != 1 {
		t.Errorf("the report of the second of two parts is\n%s", got)
	}
	for _, c := range recipe(t, "Jenkinsfile", `sh '([^']+)'`, nil) {
		mustRun(t, c)
	}
}

// parts are the commands of each part, and of the job that joins them.
func parts(t *testing.T) (part, all []string) {
	commands := regexp.MustCompile(`(?m)^ +- run: (.+)$`)
	first, last, ok := strings.Cut(readText(t, ".github/workflows/parts.yaml"), "\n  report:\n")
	if !ok {
		t.Fatal("parts.yaml has no job report")
	}
	return recipe(t, "", commands.String(), &first), recipe(t, "", commands.String(), &last)
}

// recipe are the commands of a file, or of a text.
func recipe(t *testing.T, name, pattern string, text *string) (commands []string) {
	if text == nil {
		whole := readText(t, name)
		text = &whole
	}
	for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(*text, -1) {
		commands = append(commands, found[1])
	}
	if len(commands) == 0 {
		t.Fatalf("%s has no commands", name)
	}
	return commands
}

// makeFiles makes the files of a page.
func makeFiles(t *testing.T, page, dir string) {
	for _, parts := range pageBlock.FindAllStringSubmatch(readText(t, page), -1) {
		if name := fileOfPage.FindStringSubmatch(parts[2]); name != nil {
			writePageFile(t, filepath.Join(dir, name[1]), parts[2])
		}
	}
}

// standIns puts sudo and go before those of the machine: the first does nothing, the
// second looks that what is to be installed is a command of this module.
func standIns(t *testing.T) {
	bin := t.TempDir()
	for name, text := range map[string]string{
		"sudo": "#!/bin/sh\n[ \"$1\" = sysctl ]\n",
		"go":   "#!/bin/sh\n[ \"$*\" = 'install github.com/sockspec/sockspec/cmd/sockspec@latest' ]\n",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func mustRun(t *testing.T, command string, env ...string) {
	t.Helper()
	cmd := exec.Command("sh", "-ec", command)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
}
