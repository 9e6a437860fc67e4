package specs

// NodeAt is a node at a place whose file is not at hand: for what another
// process has read.
func NodeAt(p Pos) *Node {
	return &Node{line: int32(p.Line), col: int32(p.Col), src: newSource(p.File, "")}
}
