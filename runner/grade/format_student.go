package grade

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// StudentPages makes a page for each submission in a folder: NAME.md and NAME.txt,
// with what its student may see. The folder is made if it is not there; pages of
// the same names are replaced.
func StudentPages(folder string, grades []Grade) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return named(folder, err)
	}
	names := make([]string, len(grades))
	for i := range grades {
		names[i] = grades[i].Name
	}
	for i, name := range fileNames(names) {
		sheet := ForStudent(&grades[i])
		err := errors.Join(
			writePage(filepath.Join(folder, name+".md"), markdownPage(&sheet)),
			writePage(filepath.Join(folder, name+".txt"), textPage(&sheet)))
		if err != nil {
			return err
		}
	}
	return nil
}

// writePage makes a page, unless it is there already.
func writePage(path string, lines []string) error {
	page := []byte(pageText(lines))
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() == int64(len(page)) {
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, page) {
			return nil
		}
	}
	return replaceFile(path, page)
}

func pageText(lines []string) string { return strings.Join(lines, "\n") + "\n" }

// StudentText writes the page of one submission as plain text.
func StudentText(w io.Writer, _ *Rubric, grades []Grade) error {
	return eachSheet(w, grades, textPage)
}

// StudentMarkdown writes the page of one submission in Markdown (CommonMark with
// GitHub's tables).
func StudentMarkdown(w io.Writer, _ *Rubric, grades []Grade) error {
	return eachSheet(w, grades, markdownPage)
}

func eachSheet(w io.Writer, grades []Grade, page func(*Sheet) []string) error {
	if len(grades) > 1 {
		return ErrOneSubmission
	}
	for i := range grades {
		sheet := ForStudent(&grades[i])
		if _, err := io.WriteString(w, pageText(page(&sheet))); err != nil {
			return err
		}
	}
	return nil
}

// soFar says that more may come.
func soFar(s *Sheet) string {
	for i := range s.Checks {
		if !s.Checks[i].ran() {
			return " so far: not everything has run"
		}
	}
	return ""
}

// textPage is a sheet as plain text: the points, then every check with what went
// wrong below it.
func textPage(s *Sheet) []string {
	lines := []string{"Submission: " + quoted(s.Name)}
	if s.Failed != "" {
		return append(lines, "Points: none yet", "", sentence(s.Failed))
	}
	lines = append(lines, "Points: "+pointsText(s.Points)+" of "+pointsText(s.Of)+soFar(s))
	if b := buildLines(&s.Build); len(b) > 0 {
		lines = append(append(lines, ""), b...)
	}
	for _, c := range inPageOrder(s) {
		lines = append(lines, "", "- "+oneLine(c.Name)+": "+c.result()+", "+c.points()+" points")
		if d := c.details(); len(d) > 0 && s.Build.Failed == "" {
			lines = append(append(lines, ""), indented("    ", d)...)
		}
	}
	return lines
}

// markdownPage is a sheet in Markdown: a table of the checks, then a section for
// each that did not pass.
func markdownPage(s *Sheet) []string {
	lines := []string{"# Points of " + codeSpan(quoted(s.Name)), ""}
	if s.Failed != "" {
		return append(lines, markdownText(sentence(s.Failed)))
	}
	lines = append(lines, "**"+pointsText(s.Points)+" of "+pointsText(s.Of)+" points**"+soFar(s), "")
	if b := buildLines(&s.Build); len(b) > 0 {
		lines = append(lines, fenced(b)...)
		lines = append(lines, "")
	}
	lines = append(lines, "| check | points | result |", "|:--|--:|:--|")
	checks := inPageOrder(s)
	for _, c := range checks {
		lines = append(lines, "| "+tableCell(oneLine(c.Name))+" | "+c.points()+" | "+c.result()+" |")
	}
	for _, c := range checks {
		if d := c.details(); len(d) > 0 && s.Build.Failed == "" {
			lines = append(lines, "", "## "+markdownText(oneLine(c.Name))+": "+c.result(), "")
			lines = append(lines, fenced(d)...)
		}
	}
	return lines
}

// markdownText is a line of text in Markdown: as it is where nothing in it could
// mean anything, else as code, in which nothing does: no link or mention of
// somebody either.
func markdownText(line string) string {
	if strings.IndexFunc(line, meansSomething) < 0 && !strings.Contains(line, "://") && !strings.Contains(line, "www") {
		return line
	}
	return codeSpan(line)
}

// meansSomething tells whether a letter could have a meaning inside of a line.
func meansSomething(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" ,;:.?()'/%+-…–", r)
}

// tableCell is markdownText for a cell: there a bar ends the cell, in code too.
func tableCell(line string) string { return strings.ReplaceAll(markdownText(line), "|", `\|`) }

// codeSpan is a line as code in a line of Markdown, between more backticks than
// it has in a row.
func codeSpan(line string) string {
	fence := strings.Repeat("`", longestRun(line, '`')+1)
	if strings.HasPrefix(line, "`") || strings.HasSuffix(line, "`") {
		line = " " + line + " "
	}
	return fence + line + fence
}

// fenced is lines as a block of code, between more backticks than any of them has.
func fenced(lines []string) []string {
	fence := strings.Repeat("`", max(3, longestRun(strings.Join(lines, "\n"), '`')+1))
	block := append([]string{fence + "text"}, lines...)
	return append(block, fence)
}

// longestRun is how often a letter stands in a row at most.
func longestRun(s string, letter rune) (most int) {
	run := 0
	for _, r := range s {
		if r != letter {
			run = 0
			continue
		}
		run++
		most = max(most, run)
	}
	return most
}
