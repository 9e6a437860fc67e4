package specs

// reserved are the words that cannot be names, and why.
var reserved = map[string]string{
	"in": operator, "not": operator, "and": operator, "or": operator, "let": operator, "if": operator, "else": operator,
	"matches": operator, "contains": operator, "startsWith": operator, "endsWith": operator,
	"true": "a value", "false": "a value", "nil": "a value", "null": "a value",
}

const operator = "a word of expressions"

// taken are the names that sockspec gives itself.
var taken = []string{"tmp", "replica", "iteration", "submission"}

// CheckName tells what is wrong with a name that the file gives; nil if nothing
// is. what says what it names: "handle".
func CheckName(n *Node, what string) *Error {
	name, ok := n.Scalar()
	switch {
	case n.broken:
		return nil
	case !ok && n.Template != nil:
		return notBefore(n)
	case !ok:
		return n.Errorf("the name of %s is a text, got %s", WithArticle(what), n.Describe())
	case name == "":
		return n.Errorf("the name of %s is empty", WithArticle(what))
	}
	if why := reserved[name]; why != "" {
		return n.Errorf("%s cannot be the name of %s: it is %s", name, WithArticle(what), why)
	}
	for _, t := range taken {
		if t == name {
			return n.Errorf("%s cannot be the name of %s: $(%s) is taken", name, WithArticle(what), name)
		}
	}
	if !isName(name) {
		return n.Errorf("%s cannot be the name of %s: a name is letters, digits and _, not first a digit", quote(name), WithArticle(what))
	}
	return nil
}

// NoSubmission is the mistake of $(submission) where none is graded.
func NoSubmission(r *Ref) *Error {
	return r.Errorf("submission has a value only when a submission is graded: sockspec grade %s SUBMISSION", r.Src.Name)
}

// isName tells whether a text has the form of a name.
func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return s != "" && (s[0] < '0' || s[0] > '9')
}

// WithArticle is a noun, or some, with a or an before it.
func WithArticle(what string) string {
	switch what[0] {
	case 'a', 'e', 'i', 'o', 'u':
		return "an " + what
	}
	return "a " + what
}

// notBefore is the mistake of an expression where the value has to be known
// before the run, with the nearest var where one may have been meant.
func notBefore(n *Node) *Error {
	exprs := n.Exprs()
	if len(exprs) == 0 {
		return nil // it is broken, and that was said
	}
	e := exprs[0]
	if len(e.Refs) == 0 {
		return e.Errorf("%s has no value before the run, and this has to be known then", quote(e.Text))
	}
	name := e.Refs[0].Elems[0].Name
	if name == "submission" {
		return NoSubmission(e.Refs[0])
	}
	err := e.Refs[0].Errorf("%s has no value before the run, and this has to be known then: only vars can stand here", name)
	if len(e.Refs[0].Elems) == 1 {
		if near := Suggest(name, n.src.vars); near != "" {
			err.WithHint("did you mean %s?", near)
		}
	}
	return err
}
