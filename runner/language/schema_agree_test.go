package language_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/grade"
	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/specs/catalog"
	"github.com/sockspec/sockspec/steps"
)

// unsayable are the mistakes that a JSON Schema cannot tell, by the texts that
// check has for them.
var unsayable = []string{
	// Names of the file's own things, and what they lead to.
	`unknown (name|actor) `, `has no step or handle`, `no host`, `none is open here`, `could be made on`,
	`need each other`, `row of the matrix`, `is a handle`, `want a step such as`, `wait for each other`, `which of the calls it is`, `needs wants the name of a scenario`, `the address .* already`, `is a step with`, `as wants 2 names`, `label`, `^barrier `, `handles of this step`, `instant of a step`,
	`wants a name such as server\.accept`, `one of hosts`, `row such as`, `at least one row`, `has no result`, `has an index`, `^an address has no`, `is a plain value`, `given to two groups`, `has the name of a result`,
	// What a text has to say.
	`hexadecimal digits`, `regular expression`, `the expression ends`, `wants a condition such as`, `wants a text, got`, `there is no function`,
	`the \$\( has no \)`, `can stand here`, `permission bits`, `a whole header`, `the limit \w+ wants`,
	// YAML that JSON does not have: ~ is data, and nothing is not; a second document.
	`^wants what to expect, got nothing`, `wants the data to send`, `a second one begins`,
	// The value of an option, a request, a control message: its name says what it is.
	`is not an errno`, `the name of an interface`, `true or false`, `^wants (a number|a time|a mapping|a list) (for|of|such|\{)`, `^wants a list of`, `^wants the field`,
	`^wants a (socket option|protocol|level|version|flag|command|type|code|TCP flag|control message|number|list|constant|time)\b`,
	`is not (a|an) .*(nor a number|TCP flag|answer to a packet)`, `^unknown (control message|socket option)`, `at most`,
	// The arguments of faults and packets: several forms of an address in one place.
	`^wants an (IP|IPv4|address)`, `^wants the IP of a gateway`, `another answer to a packet`, `tcp-reset answers TCP alone`, `^wants (epoll_wait|select|read),? `, `the flags are those of the call`, `host-isolated is not in the ICMP`, `a count of messages`, `there is no key (wait|src|dst|events)`,
	// What a result is held against inside of a list or a struct, or where its type depends on the argument.
	`there is no matcher`, `^unknown field`, `a message has no`, `is never`, `^wants data: `, `^wants a map from handles`, `^in wants a list`, `^wants a name such as MSG_TRUNC`,
	// Files, and outcomes as a mapping.
	`^a (file|folder) has no`, `must_see`, `there is no key (must_see|allowed)`,
}

// checkText is what `check` says of a file.
func checkText(text []byte) specs.Errors {
	table := steps.Default()
	f, err := specs.Load("spec.yaml", text, specs.Options{Verbs: table.Names(), VerbArgs: table.ArgNames(), Submission: grade.Placeholder})
	var all, more specs.Errors
	errors.As(err, &all)
	if f == nil {
		return all
	}
	if _, err := grade.Read(f); errors.As(err, &more) {
		all = append(all, more...)
	}
	for _, s := range f.Scenarios {
		if _, err := runner.Compile(s, table); errors.As(err, &more) {
			all = append(all, more...)
		}
	}
	return all
}

// compiled is the schema as an editor's library reads it.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := language.Schema(steps.Default())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("sockspec.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("sockspec.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON is a YAML document as JSON has it.
func asJSON(text []byte) (any, error) {
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	b, err := json.Marshal(plain(v))
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(b))
}

// plain is a value with texts as keys, and without YAML's dates.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	case map[any]any:
		m := make(map[string]any, len(v))
		for k, item := range v {
			m[fmt.Sprint(k)] = plain(item)
		}
		return m
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return v
}

// corpus are all spec files of this project, right and wrong.
func corpus(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, name := range catalog.Names() {
		text, err := catalog.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		all["catalog:"+name] = text
	}
	scripts, err := filepath.Glob("../../cmd/sockspec/command/testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatal(err, "no scripts")
	}
	for _, path := range append(scripts, "../../examples.yaml") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".yaml") {
			all[filepath.Base(path)] = text
			continue
		}
		for _, f := range txtar.Parse(text).Files {
			if strings.HasSuffix(f.Name, ".yaml") {
				all[filepath.Base(path)+"/"+f.Name] = f.Data
			}
		}
	}
	return all
}

// agreement counts what schema and check say of files.
type agreement struct {
	schema               *jsonschema.Schema
	cannot               *regexp.Regexp
	right, wrong, silent int
}

func newAgreement(t *testing.T) *agreement {
	return &agreement{schema: compiled(t), cannot: regexp.MustCompile(strings.Join(unsayable, "|"))}
}

// check holds one file against both: what the schema refuses check refuses, and
// what check refuses the schema refuses too, but for what it cannot say.
func (a *agreement) check(t *testing.T, name string, text []byte) {
	t.Helper()
	doc, err := asJSON(text)
	if err != nil {
		return // no YAML, or more than JSON can say
	}
	mistakes := checkText(text)
	refused := a.schema.Validate(doc)
	unseen := slices.IndexFunc(mistakes, func(e *specs.Error) bool { return !a.cannot.MatchString(e.Msg) })
	switch {
	case len(mistakes) == 0 && refused != nil:
		t.Errorf("%s is right, and the schema says: %#v", name, refused)
	case len(mistakes) == 0:
		a.right++
	case refused != nil:
		a.wrong++
	case unseen >= 0:
		t.Errorf("%s: the schema does not see that %s", name, mistakes[unseen].Msg)
	default:
		a.silent++
	}
}

func (a *agreement) log(t *testing.T) {
	t.Logf("%d files are right, %d wrong for both, %d for check alone", a.right, a.wrong, a.silent)
	if a.right == 0 || a.wrong < 3*a.silent {
		t.Error("that is no agreement")
	}
}

func TestSchemaAgreesWithCheck(t *testing.T) {
	a, files := newAgreement(t), corpus(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		a.check(t, name, files[name])
	}
	a.log(t)
}

// The same for files that are right but for one thing.
func TestSchemaAgreesOnOneMistake(t *testing.T) {
	a, files := newAgreement(t), corpus(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		// What a var is for no schema knows.
		if len(text) < 600 && !bytes.Contains(text, []byte("vars:")) && !bytes.Contains(text, []byte("matrix:")) && len(checkText(text)) == 0 {
			for path, changed := range changes(t, text) {
				a.check(t, name+" "+path, changed)
			}
		}
	}
	a.log(t)
}

// changes are copies of a document, each with a key or a value that is wrong.
func changes(t *testing.T, text []byte) iter.Seq2[string, []byte] {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, []byte) bool) {
		var visit func(n *yaml.Node, path string, key bool) bool
		try := func(n *yaml.Node, path string, with yaml.Node) bool {
			was := *n
			*n = with
			out, err := yaml.Marshal(&doc)
			*n = was
			return err != nil || yield(path, out)
		}
		visit = func(n *yaml.Node, path string, key bool) bool {
			ok := true
			switch {
			case n.Kind == yaml.AliasNode:
			case key:
				ok = try(n, path+": another key", yaml.Node{Kind: yaml.ScalarNode, Value: n.Value + "zz"})
			case n.Kind == yaml.ScalarNode:
				ok = try(n, path+": a mapping", yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "zz"}, {Kind: yaml.ScalarNode, Value: "zz"}}}) &&
					try(n, path+": a list", yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "zz"}}}) &&
					try(n, path+": another word", yaml.Node{Kind: yaml.ScalarNode, Value: "zz"})
			default:
				ok = try(n, path+": a word", yaml.Node{Kind: yaml.ScalarNode, Value: "zz"})
			}
			for i, item := range n.Content {
				isKey := n.Kind == yaml.MappingNode && i%2 == 0
				ok = ok && visit(item, fmt.Sprintf("%s/%d", path, i), isKey)
			}
			return ok
		}
		visit(doc.Content[0], "", false)
	}
}
