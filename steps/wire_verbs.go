package steps

// wireVerbs put packets on the wire.
func wireVerbs() Table {
	return Table{}
}
