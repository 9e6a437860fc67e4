package steps

// faultVerbs change the network that packets go through.
func faultVerbs() Table {
	return Table{}
}
