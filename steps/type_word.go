package steps

// TypeWord names, in the words of the language, what an argument that reads itself
// takes: for explain and the reference.

func (untilArg) TypeWord() string       { return "data or eof" }
func (pollTargets) TypeWord() string    { return "events, or events by handle" }
func (handleNames) TypeWord() string    { return "list of handles" }
func (SetsockoptArg) TypeWord() string  { return "mapping" }
func (GetsockoptArg) TypeWord() string  { return "option" }
func (fcntlArg) TypeWord() string       { return "command" }
func (ioctlArg) TypeWord() string       { return "request" }
func (openMode) TypeWord() string       { return "octal number" }
func (protocolArg) TypeWord() string    { return "protocol" }
func (EndpointArg) TypeWord() string    { return "address or prefix" }
func (segmentFlags) TypeWord() string   { return "list of TCP flags" }
func (probabilityArg) TypeWord() string { return "number" }
func (hookArg) TypeWord() string        { return "word" }
func (rejectionArg) TypeWord() string   { return "word or ICMP code" }
func (hostArg) TypeWord() string        { return "host" }
func (linkStateArg) TypeWord() string   { return "word" }
func (destinationArg) TypeWord() string { return "IP, prefix or host" }
func (routeTypeArg) TypeWord() string   { return "word" }
func (gatewayArg) TypeWord() string     { return "IP or host" }
func (StepArg) TypeWord() string        { return "step" }
