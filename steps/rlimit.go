package steps

// RlimitByName is the number of a resource of getrlimit(2): nofile, core, ….
func RlimitByName(name string) (resource int, ok bool) {
	for _, r := range rlimitTable {
		if r.name == name {
			return r.resource, true
		}
	}
	return 0, false
}

// RlimitNames are the names of all of them.
func RlimitNames() []string {
	names := make([]string, len(rlimitTable))
	for i, r := range rlimitTable {
		names[i] = r.name
	}
	return names
}
