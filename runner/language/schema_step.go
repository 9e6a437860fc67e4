package language

import (
	"maps"
	"reflect"
	"slices"

	"github.com/sockspec/sockspec/steps"
)

// step is a verb that stands alone, or a mapping with one verb and modifiers.
// Which verb it is says what may stand in the modifiers.
func (g *generator) step() schema {
	m := g.mapping(Step)
	properties := m["properties"].(map[string]any)
	var alone []string
	var one, each []schema
	for i := range g.table {
		v := &g.table[i]
		properties[v.Name] = described(g.argument(v), v.Summary)
		one = append(one, schema{"required": []string{v.Name}})
		each = append(each, schema{"if": schema{"required": []string{v.Name}}, "then": schema{"properties": g.modifiers(v)}})
		if v.Alone() {
			alone = append(alone, v.Name)
		}
	}
	m["oneOf"], m["allOf"] = one, each
	// The mapping first: of forms that none fits, editors explain the first.
	return orExpression(anyOf(m, enum(alone...)))
}

// modifiers are those that depend on the verb.
func (g *generator) modifiers(v *steps.Verb) map[string]any {
	all := map[string]any{"expect": described(g.expectOf(v), helpOf(Step, "expect"))}
	if !v.Looks {
		all["within"] = false
	}
	if len(v.Makes) == 0 && !v.MakesAny {
		all["as"] = false
	}
	if len(v.RawNames) == 0 {
		all["raw"] = false
	} else {
		all["raw"] = described(orExpression(object().with("propertyNames", enum(v.RawNames...)).with("additionalProperties", ref("number"))), helpOf(Step, "raw"))
	}
	return all
}

// helpOf is what a key means in its place.
func helpOf(p Place, name string) string {
	for _, k := range Keys() {
		if k.Place == p && k.Name == name {
			return k.Help
		}
	}
	return ""
}

// expectOf is what may be expected of a verb: a mapping with its results, or
// what the main one must be.
func (g *generator) expectOf(v *steps.Verb) schema {
	inside := g.conditions(v)
	labels := object().with("minProperties", 1).with("additionalProperties", g.orMain(v, inside))
	return g.orMain(v, inside.with("properties", with(inside["properties"].(map[string]any), "any", labels)))
}

// orMain adds what stands for the main result alone.
func (g *generator) orMain(v *steps.Verb, mapping schema) schema {
	forms := []schema{mapping}
	if len(v.Results) > 0 && v.Results[0].Name != "*" {
		forms = append(forms, literal(&v.Results[0]))
	}
	return orExpression(anyOf(forms...))
}

// literal is a value that is no mapping. ~ is data, the text ~.
func literal(r *steps.ResultType) schema {
	names, open := r.MappingKeys()
	switch {
	case r.Type == reflect.TypeFor[steps.Address]():
		return ref("address")
	case open:
		return schema{"type": []string{"string", "number", "boolean", "array"}}
	case slices.Contains(names, "sha256"):
		return schema{"type": []string{"string", "number", "boolean", "array", "null"}}
	case r.Type.Kind() == reflect.Int64 && !named(r):
		return schema{"type": []string{"string", "number"}, "pattern": quantity}
	case slices.Contains(names, "min"):
		return schema{"type": []string{"string", "number"}}
	case slices.Contains(names, "contains"):
		return schema{"type": []string{"string", "number", "array"}}
	}
	return schema{"type": "boolean"}
}

// named tells whether the result's numbers have names.
func named(r *steps.ResultType) bool { return r.Type == reflect.TypeFor[steps.Constant]() }

// conditions is the mapping of an expectation.
func (g *generator) conditions(v *steps.Verb) schema {
	properties := map[string]any{}
	for _, k := range Keys() {
		if k.Place == Expect && k.Name != "any" {
			properties[k.Name] = g.define("expect "+k.Name, func() schema { return described(k.schema, k.Help) })
		}
	}
	s := schema{"type": "object", "additionalProperties": v.Open}
	for i := range v.Results {
		r := &v.Results[i]
		if r.Name == "*" {
			s["additionalProperties"] = g.result(r)
			continue
		}
		properties[r.Name] = described(g.result(r), r.Help)
	}
	return s.with("properties", properties)
}

// result is what a result may be held against.
func (g *generator) result(r *steps.ResultType) schema {
	return g.define("result: "+TypeWord(r.Type), func() schema { return resultSchema(r) })
}

// resultSchema is result spelt out.
func resultSchema(r *steps.ResultType) schema {
	names, open := r.MappingKeys()
	if open {
		if r.Type.Kind() == reflect.Map {
			return orExpression(object())
		}
		return orExpression(anyOf(literal(r), object()))
	}
	matchers := map[string]any{}
	for _, name := range names {
		matchers[name] = matcher(name)
	}
	mapping := object().with("minProperties", 1).with("properties", matchers).
		with("propertyNames", orExpression(enum(names...)))
	return orExpression(anyOf(literal(r), mapping))
}

// matcher is what stands behind a matcher, or a form of data.
func matcher(name string) schema {
	switch name {
	case "in":
		return orExpression(listOf(schema{}).with("minItems", 1))
	case "sha256":
		return orExpression(schema{"type": "string", "pattern": `^[0-9a-fA-F]{64}$`})
	case "matches":
		return schema{"type": []string{"string", "number", "boolean"}}
	case "min", "max":
		return schema{"type": []string{"string", "number"}, "pattern": quantity}
	case "times", "seed":
		return ref("number")
	case "random":
		return ref("size")
	}
	return schema{}
}

// quantity is a number, a size or a time, or an expression.
const quantity = `^[+-]?[0-9.]|\$\(`

// with is a map and one more key.
func with(m map[string]any, key string, v any) map[string]any {
	c := maps.Clone(m)
	c[key] = v
	return c
}
