package runner

import "strings"

// spell is the name of an instance as a spec would write it.
func spell(e orderElem, coords []int) string {
	var names []string
	for b := e.step.block; ; b = b.parent {
		if b.parent == nil || b.parent.actor != b.actor {
			name := b.actor.name
			if i := strings.LastIndexByte(name, '.'); i >= 0 && b.parent != nil {
				name = name[i+1:]
			}
			lower := 0
			if b.parent != nil {
				lower = len(rootIn(b.parent).dims)
			}
			for _, at := range coords[lower:len(b.dims)] {
				name = indexedName(name, at)
			}
			names = append([]string{name}, names...)
		}
		if b.parent == nil {
			break
		}
	}
	text := strings.Join(names, ".") + "." + e.step.name
	for _, at := range coords[len(rootIn(e.step.block).dims):] {
		text = indexedName(text, at)
	}
	if e.instant {
		text += "." + instantNames[e.at]
	}
	return text
}
