package specs

// Decoder is a type that decodes itself from a node. It appends its mistakes to errs.
type Decoder interface {
	DecodeNode(n *Node, errs *Errors)
}

// Decode fills v, a pointer, from n: strictly, every mistake at once.
//
// A struct takes a mapping, by the names in its `spec` tags:
//
//	Size int64 `spec:"size" help:"bytes to ask for"`
//
// The tag may go on with `,required`, and with `,short` for the one field that a
// value stands for which is not a mapping (or which is one without any of the
// struct's names, where that field's type takes mappings). A scalar that only a
// run can evaluate is accepted wherever it stands and leaves its field alone;
// [Node.Resolve] gives the node to decode then.
func Decode(n *Node, v any) Errors { return nil }
