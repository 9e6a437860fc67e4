package command

import (
	"os"
	"slices"
	"strings"
)

// rubricFirst finds a rubric that stands behind a submission.
func rubricFirst(args []string) error {
	first := args[0]
	if first == "-" || strings.HasPrefix(first, catalogPrefix) || isSpec(first) {
		return nil
	}
	if list, err := folder(first); err == nil && len(list) > 0 {
		return nil
	}
	at := slices.IndexFunc(args, isSpec)
	if at < 0 {
		return nil
	}
	return usagef("%s has no scenarios, and %s has: the rubric comes first\nsockspec grade %s %s", first, args[at], args[at], first)
}

// isSpec tells whether a path is a file with scenarios.
func isSpec(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && hasScenarios(readInput(path).text)
}

// sayFolders says which submission looks like a folder of submissions.
func (s *session) sayFolders(submissions []string) {
	for _, path := range submissions {
		if holdsFolders(path) {
			path = strings.TrimRight(path, "/")
			s.say(path + " holds nothing but folders, and is graded as one submission: " + path + "/* was perhaps meant")
		}
	}
}

// holdsFolders tells whether there are several folders in a folder, and nothing else
// that is not hidden.
func holdsFolders(path string) bool {
	entries, err := os.ReadDir(path)
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
	return err == nil && len(entries) >= 2 && !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return !e.IsDir() })
}
