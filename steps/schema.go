package steps

import "slices"

// What arguments that read themselves say of how they are written, as a JSON
// Schema: for editors, which complete the names.

// schemaOf is the schema of one of several, or of an expression.
func schemaOf(forms ...any) map[string]any {
	return map[string]any{"anyOf": append(forms, map[string]any{"$ref": "#/$defs/expression"})}
}

// numberSchema is the schema of a number as it may be written anywhere.
var numberSchema = map[string]any{"type": []string{"integer", "string"}, "pattern": `^[+-]?[0-9]`}

// wordSchema is the schema of what is one of a few words, or an expression.
func wordSchema(words ...string) map[string]any {
	return schemaOf(map[string]any{"enum": words})
}

// oneOfThem is the schema of one constant of tables.
func oneOfThem(tables ...*ConstantTable) map[string]any {
	return schemaOf(namesIn(tables), numberSchema)
}

// someOfThem is the schema of one constant or a list of them.
func someOfThem(t *ConstantTable) map[string]any {
	item := []any{namesIn([]*ConstantTable{t}), numberSchema}
	return schemaOf(append(item, map[string]any{"type": "array", "items": schemaOf(item...)})...)
}

func namesIn(tables []*ConstantTable) map[string]any {
	names := []string{}
	for _, t := range tables {
		names = append(names, t.Names()...)
	}
	return map[string]any{"enum": names}
}

// keyed is the schema of a mapping whose keys are constants of tables.
func keyed(tables ...*ConstantTable) map[string]any {
	return map[string]any{"type": "object", "minProperties": 1, "propertyNames": schemaOf(
		namesIn(tables), map[string]any{"pattern": numberSchema["pattern"]},
	)}
}

// addressPattern is of every address that is a text.
const addressPattern = `[:/@]|^unspec$|\$\(`

// JSONSchema is an address: a text, bytes, or the fields of a packet socket's.
func (a *AddressArg) JSONSchema() map[string]any {
	fields := map[string]any{"enum": append([]string{"hex"}, packetFields...)}
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "string", "pattern": addressPattern},
		map[string]any{"type": "object", "minProperties": 1, "propertyNames": fields},
	}}
}

// JSONSchema is an address family.
func (d *Domain) JSONSchema() map[string]any { return oneOfThem(&domains) }

// JSONSchema is a socket type, with flags perhaps.
func (t *SockType) JSONSchema() map[string]any { return someOfThem(&socketTypesAndFlags) }

// JSONSchema is a protocol of any family.
func (p *Protocol) JSONSchema() map[string]any { return oneOfThem(&protocols, &etherTypes) }

// JSONSchema is some flags of send and recv.
func (f *MsgFlags) JSONSchema() map[string]any { return someOfThem(&messageFlagNames) }

// JSONSchema is some events of poll.
func (e *PollEvents) JSONSchema() map[string]any { return someOfThem(&pollEvents) }

// JSONSchema is some events of epoll.
func (e *EpollEvents) JSONSchema() map[string]any { return someOfThem(&epollEvents) }

// JSONSchema is some flags of epoll_create1.
func (f *EpollFlags) JSONSchema() map[string]any { return someOfThem(&epollFlags) }

// JSONSchema is some flags of open.
func (f *OpenFlags) JSONSchema() map[string]any { return someOfThem(&openFlags) }

// JSONSchema is some flags of splice.
func (f *SpliceFlags) JSONSchema() map[string]any { return someOfThem(&spliceFlags) }

// JSONSchema is a signal.
func (s *Signal) JSONSchema() map[string]any { return oneOfThem(&signals) }

// JSONSchema is the level of a socket option.
func (l *Level) JSONSchema() map[string]any { return oneOfThem(&levels) }

// JSONSchema is a direction of shutdown.
func (h *ShutdownHow) JSONSchema() map[string]any { return oneOfThem(&shutdownHows) }

// JSONSchema is a short form of socket.
func (k *socketKind) JSONSchema() map[string]any { return wordSchema(socketKindNames()...) }

// JSONSchema is a command, one with its argument, or flags.
func (a *fcntlArg) JSONSchema() map[string]any {
	return schemaOf(namesIn([]*ConstantTable{&fcntlCommands}), numberSchema, keyed(&fcntlCommands, &openFlags))
}

// JSONSchema is a request, or one with what it takes.
func (a *ioctlArg) JSONSchema() map[string]any {
	return schemaOf(namesIn([]*ConstantTable{&ioctlRequests}), numberSchema, keyed(&ioctlRequests))
}

// JSONSchema is options with their values, or one by its numbers.
func (a *SetsockoptArg) JSONSchema() map[string]any {
	return schemaOf(map[string]any{"type": "object", "minProperties": 1, "propertyNames": wordSchema(
		append(optionNames(), "level", "name", "value")...,
	)})
}

// JSONSchema is an option by name, or by its numbers.
func (a *GetsockoptArg) JSONSchema() map[string]any {
	return schemaOf(map[string]any{"enum": optionNames()}, map[string]any{"type": "object", "required": []string{"level", "name"}})
}

// JSONSchema is events of the handle, or of several.
func (t *pollTargets) JSONSchema() map[string]any {
	return schemaOf(map[string]any{"type": "object", "additionalProperties": someOfThem(&pollEvents)}, someOfThem(&pollEvents))
}

// JSONSchema is poll or ppoll.
func (c *pollCall) JSONSchema() map[string]any { return wordSchema("poll", "ppoll") }

// JSONSchema is epoll_create or epoll_create1.
func (c *epollCreateCall) JSONSchema() map[string]any {
	return wordSchema("epoll_create", "epoll_create1")
}

// JSONSchema is the name of a handle.
func (h *HandleArg) JSONSchema() map[string]any { return map[string]any{"type": "string"} }

// JSONSchema is the name of a step.
func (a *StepArg) JSONSchema() map[string]any { return map[string]any{"type": "string"} }

// JSONSchema is an errno, by name or number.
func (e *ErrnoArg) JSONSchema() map[string]any {
	return schemaOf(map[string]any{"enum": errnoNames()}, numberSchema)
}

// JSONSchema is an errno or a list of them.
func (l *ErrnoList) JSONSchema() map[string]any {
	one := new(ErrnoArg).JSONSchema()
	return schemaOf(one, map[string]any{"type": "array", "minItems": 1, "items": one})
}

// MappingKeys are the matchers that may stand in a mapping which this result is
// held against; open where it may have fields of its own too.
func (t *ResultType) MappingKeys() (names []string, open bool) {
	switch kindOf(t).(type) {
	case addressKind:
		return slices.Concat(addressKeys, packetFields, []string{"ip", "port", "path", "hex"}), false
	case dataKind, textKind:
		return slices.Concat(dataKeys, dataForms), false
	case numberKind, constantKind, timeKind:
		return numberKeys, false
	case listKind, setKind:
		return listKeys, false
	case boolKind:
		return anyKeys, false
	}
	return nil, true
}
