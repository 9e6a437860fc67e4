package steps

// messageVerbs send and receive messages, with control data.
func messageVerbs() Table {
	return Table{}
}
