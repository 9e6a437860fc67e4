package language

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// schema is a JSON Schema. It is never changed after it was made.
type schema map[string]any

// with is the schema and one more keyword.
func (s schema) with(keyword string, value any) schema {
	c := maps.Clone(s)
	c[keyword] = value
	return c
}

func text() schema                { return schema{"type": "string"} }
func object() schema              { return schema{"type": "object"} }
func listOf(s schema) schema      { return schema{"type": "array", "items": s} }
func ref(name string) schema      { return schema{"$ref": "#/$defs/" + name} }
func anyOf(list ...schema) schema { return schema{"anyOf": list} }

// enum is a list of texts to choose from.
func enum(words ...string) schema { return schema{"enum": words} }

// Schema is the JSON Schema (2020-12) of spec files. It accepts every file that
// is right, and refuses most that are not; `sockspec check` finds the rest.
func Schema(table steps.Table) ([]byte, error) {
	g := generator{table: table, defined: map[string]schema{}}
	root := g.mapping(File)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["description"] = "sockspec: what several actors do with sockets, and what must come of it"
	for name, s := range g.definitions() {
		g.defined[name] = s
	}
	root["$defs"] = g.defined
	return json.MarshalIndent(root, "", " ")
}

// generator makes the schema of a table of verbs. What is there more than once
// becomes a definition.
type generator struct {
	table   steps.Table
	defined map[string]schema
}

// define makes a definition, once, and refers to it.
func (g *generator) define(name string, as func() schema) schema {
	if _, ok := g.defined[name]; !ok {
		g.defined[name] = nil // a definition may refer to itself
		g.defined[name] = as()
	}
	return ref(name)
}

// definitions are the parts that others refer to.
func (g *generator) definitions() map[string]schema {
	scalar := schema{"type": []string{"string", "number", "boolean", "null"}} // ~ is the text ~
	return map[string]schema{
		"defaults": g.mapping(Defaults),

		"gradingFile":     orExpression(g.mapping(GradingFile)),
		"gradingScenario": orExpression(g.mapping(GradingScenario)),
		"points":          orExpression(schema{"type": []string{"number", "string"}}),

		"scenario": g.mapping(Scenario),
		"actor":    orExpression(anyOf(ref("steps"), g.mapping(Actor))),
		"steps":    listOf(ref("step")).with("minItems", 1),
		"step":     g.step(),

		"expression": {"type": "string", "pattern": `\$\(`},
		"time":       orExpression(anyOf(schema{"type": "string", "pattern": `^[+-]?([0-9.]+(ns|us|µs|ms|s|m|h))+$|^[+-]?0$`}, schema{"const": 0})),
		"size":       orExpression(schema{"type": []string{"integer", "string"}, "pattern": `^[+-]?[0-9]`}),
		"number":     orExpression(schema{"type": []string{"integer", "string"}, "pattern": `^[+-]?[0-9]`}),
		"count":      orExpression(schema{"type": []string{"integer", "string"}, "pattern": `^[+]?[0-9]`, "minimum": 1}),
		"name":       orExpression(schema{"type": "string", "pattern": `^[\p{L}_][\p{L}\p{Nd}_]*$`}),
		"prefix":     orExpression(schema{"type": "string", "pattern": `/[0-9]+$`}),
		"condition":  orExpression(schema{"type": "string", "pattern": `^(linux|root|ipv6|netns|program:.+|kernel *>= *[0-9.]+)$`}),
		"errno":      schema(new(steps.ErrnoList).JSONSchema()),
		"line":       orExpression(schema{"type": "string", "pattern": `<`}),
		"boolean":    orExpression(schema{"type": "boolean"}),
		"address":    schema(new(steps.AddressArg).JSONSchema()),
		"data": anyOf(scalar, listOf(ref("data")),
			schema{"type": "object", "properties": map[string]any{
				"text": scalar, "hex": scalar, "base64": text(), "file": text(), "random": ref("size"),
				"times": ref("number"), "seed": ref("number"),
			}, "additionalProperties": false, "anyOf": []schema{
				{"required": []string{"text"}}, {"required": []string{"hex"}}, {"required": []string{"base64"}}, {"required": []string{"file"}}, {"required": []string{"random"}},
			}}),
	}
}

// written is how the values of some definitions are written. It stands where they are
// referred to: of several descriptions of a value editors show the innermost alone.
var written = map[string]string{
	"time":    "a time: 200ms, 3s",
	"size":    "a size: 100, 64KiB",
	"address": "an address: 127.0.0.1:80, [::1%lo]:80, :80, a path with a /, @name, @, unspec, {ifindex: lo}, or {hex: …}",
	"data":    "data: a text, {hex}, {base64}, {file}, {text, times}, {random, seed}, or a list of these",
}

// form is how a value that the schema accepts is written; "" where nothing is said of it.
func (s schema) form() string {
	name, _ := s["$ref"].(string)
	if said := written[strings.TrimPrefix(name, "#/$defs/")]; said != "" {
		return said
	}
	list, _ := s["anyOf"].([]schema)
	for _, one := range list {
		if said := one.form(); said != "" {
			return said
		}
	}
	return ""
}

// interleavings are the keys of that mapping.
func interleavings() schema {
	return object().with("properties", map[string]any{
		"all": schema{"const": true}, "random": ref("number"), "seed": ref("number"), "limit": ref("number"),
	}).with("additionalProperties", false)
}

// process are the keys of the process of an actor.
func process() schema {
	limit := anyOf(schema{"type": []string{"integer", "string"}}, ref("expression"))
	return anyOf(schema{"type": "null"}, object().with("properties", map[string]any{
		"user": schema{"type": []string{"string", "integer"}}, "read_only": ref("boolean"),
		"rlimits": object().with("propertyNames", enum(steps.RlimitNames()...)).with("additionalProperties", limit),
	}).with("additionalProperties", false))
}

// only is a mapping with some of these keys, and no others.
func only(properties map[string]any) schema {
	return object().with("properties", properties).with("additionalProperties", false).with("minProperties", 1)
}

// gradingLimits are the limits of programs.
func gradingLimits() schema {
	size := ref("size")
	return object().with("properties", map[string]any{
		"cpu": ref("time"), "memory": size, "disk": size, "output": size, "files": ref("number"), "processes": ref("number"),
	}).with("additionalProperties", false)
}

func orExpression(s schema) schema { return anyOf(s, ref("expression")) }

// orValue lets an expression give a value of any type, as it may everywhere.
func orValue(s schema) schema {
	if s == nil || s["type"] == "string" {
		return s
	}
	return orExpression(s)
}

// mapping is what may stand in one place of the language.
func (g *generator) mapping(p Place) schema {
	properties, required := map[string]any{}, []string{}
	for _, k := range Keys() {
		if k.Place != p {
			continue
		}
		properties[k.Name] = described(orValue(k.schema), k.Help)
		if k.Required {
			required = append(required, k.Name)
		}
	}
	s := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// described is a schema with a remark, and how such a value is written.
func described(s schema, help string) schema {
	if s == nil {
		s = schema{}
	}
	if form := s.form(); form != "" {
		help += "; " + form
	}
	return s.with("description", help)
}

// argument is what follows a verb: its short form, or a mapping.
func (g *generator) argument(v *steps.Verb) schema {
	if v.NamesHandle {
		return schema{"type": []string{"string", "null"}}
	}
	fields := v.ArgFields()
	var forms []schema
	if v.Alone() {
		forms = append(forms, schema{"type": "null"})
	}
	named := map[string]any{}
	required := []string{}
	for _, f := range fields {
		if f.Short {
			forms = append(forms, g.of(f.Type))
		}
		if f.Name == "" {
			continue
		}
		named[f.Name] = described(g.of(f.Type), f.Help)
		if f.Required {
			required = append(required, f.Name)
		}
	}
	if len(named) > 0 {
		m := schema{"type": "object", "properties": named, "additionalProperties": false}
		if len(required) > 0 {
			m["required"] = required
		}
		forms = append(forms, m)
	}
	if len(forms) == 1 {
		return orExpression(forms[0])
	}
	return anyOf(append(forms, ref("expression"))...)
}

// known are the types of arguments that have a definition of their own.
var known = map[reflect.Type]string{
	reflect.TypeFor[specs.Steps]():      "steps",
	reflect.TypeFor[specs.Size]():       "size",
	reflect.TypeFor[time.Duration]():    "time",
	reflect.TypeFor[steps.Data]():       "data",
	reflect.TypeFor[steps.AddressArg](): "address",
}

// Describer is a type of arguments that knows its own schema.
type Describer interface{ JSONSchema() map[string]any }

var decoder = reflect.TypeFor[specs.Decoder]()

// of is the schema of a type that arguments are decoded into. A type that
// decodes itself and does not say what it takes may be anything.
func (g *generator) of(t reflect.Type) schema {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if name, ok := known[t]; ok {
		return ref(name)
	}
	if d, ok := reflect.New(t).Interface().(Describer); ok {
		return g.define(t.Name(), func() schema { return d.JSONSchema() })
	}
	if reflect.PointerTo(t).Implements(decoder) {
		return schema{}
	}
	switch t.Kind() {
	case reflect.Bool:
		return ref("boolean")
	case reflect.Slice:
		return orExpression(listOf(g.of(t.Elem())))
	case reflect.Map:
		return orExpression(object().with("additionalProperties", g.of(t.Elem())))
	case reflect.Struct:
		return g.structure(t)
	case reflect.String:
		return schema{"type": []string{"string", "number", "boolean"}}
	case reflect.Interface:
		return schema{}
	}
	return ref("number")
}

// structure is a struct that is decoded by its tags.
func (g *generator) structure(t reflect.Type) schema {
	v := steps.Verb{Arg: t}
	return g.argument(&v)
}
