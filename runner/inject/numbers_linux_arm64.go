package inject

// ownNumbers are those of calls that newer processors do not have: none.
var ownNumbers map[string]uint64
