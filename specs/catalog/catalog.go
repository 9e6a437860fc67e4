// Package catalog holds the scenarios that ship with the program, as text: one
// YAML file for each subject. It also holds what they have to cover, and in what
// Linux differs from POSIX. It knows neither the language of these files nor a
// socket.
//
// The files are part of the program's image: they take no time at its start, and
// no memory before one is read.
package catalog

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

//go:embed errors textbook races
var files embed.FS

// Folders are those of the catalogue, in the order in which they are told.
func Folders() []string { return []string{"errors", "textbook", "races"} }

// Names are the files of the catalogue, folder by folder: errors/connect.yaml.
func Names() []string {
	var names []string
	for _, folder := range Folders() {
		entries, _ := fs.ReadDir(files, folder) // sorted; a folder that is embedded is there
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".yaml") {
				names = append(names, folder+"/"+e.Name())
			}
		}
	}
	return names
}

// Read is the text of a file of [Names].
func Read(name string) ([]byte, error) { return files.ReadFile(name) }

// Subject is what a file is about, its name alone: connect.
func Subject(name string) string { return strings.TrimSuffix(path.Base(name), ".yaml") }
