// Package language describes the language of spec files in one place: its
// keys, what errors of the kernel mean, the JSON Schema and the reference that
// are made of these and of the table of verbs. It runs nothing.
package language

import "slices"

// Place says where in a file a key may stand.
type Place string

// The places of keys.
const (
	File     Place = "file"
	Defaults Place = "defaults"
	Scenario Place = "scenario"
	Actor    Place = "actor"
	Step     Place = "step"
	Expect   Place = "expect"

	// GradingFile and GradingScenario are `grading`, there and there.
	GradingFile     Place = "grading of a file"
	GradingScenario Place = "grading of a scenario"
)

// Places are all of them, from the outside to the inside, with what they are.
func Places() []struct {
	Place Place
	Help  string
} {
	return []struct {
		Place Place
		Help  string
	}{
		{File, "A file is one YAML document, a mapping."},
		{Defaults, "What holds for every scenario of the file that does not say otherwise."},
		{Scenario, "An element of `scenarios`."},
		{Actor, "An actor is a list of steps, or a mapping with these keys."},
		{Step, "A step is a verb with its argument, and any of these modifiers, the same for every verb."},
		{Expect, "What must come of a step's call. The other keys are the names of its results. Without `expect` the call must succeed."},
		{GradingFile, "What holds for every submission that `sockspec grade` grades. `$(submission)` is the path of a fresh copy of it, and may stand wherever a value may."},
		{GradingScenario, "What a scenario is worth when a submission is graded."},
	}
}

// Key is one key of the language that is no verb.
type Key struct {
	Name  string
	Place Place
	// Value says in words what stands there.
	Value string
	Help  string
	// Example is YAML that shows it; "" where an example would say nothing more.
	Example  string
	Required bool
	// schema is what the value must be; nil for anything.
	schema schema
}

// Keys are all of them, in the order in which they are told.
func Keys() []Key { return keys }

var keys = slices.Concat(keysOfFile, keysOfDefaults, keysOfScenario, keysOfActor, keysOfStep, keysOfExpect, keysOfGradingFile, keysOfGradingScenario)

var keysOfFile = []Key{
	{Name: "scenarios", Place: File, Value: "list of scenarios", Required: true, schema: listOf(ref("scenario")).with("minItems", 1),
		Help: "the scenarios of the file; not empty"},
	{Name: "vars", Place: File, Value: "mapping from names to values", schema: object(),
		Help: "named values, usable as `$(name)` in every scenario; `--var name=value` overrides one"},
	{Name: "defaults", Place: File, Value: "mapping", schema: ref("defaults"),
		Help: "`timeout`, `step_timeout`, `isolation`, `tags` and `requires` for every scenario of the file"},
	{Name: "grading", Place: File, Value: "mapping", schema: ref("gradingFile"),
		Help:    "how `sockspec grade` builds a submission, and what its programs may use",
		Example: "grading:\n  build: [make]\n  time: 60s\n  limits: {memory: 256MiB}"},
}

var keysOfDefaults = []Key{
	{Name: "timeout", Place: Defaults, Value: "time", schema: ref("time"), Help: "for a whole scenario; 30s where nothing says otherwise"},
	{Name: "step_timeout", Place: Defaults, Value: "time", schema: ref("time"), Help: "for each step; 5s where nothing says otherwise"},
	{Name: "isolation", Place: Defaults, Value: "`netns` or `none`", schema: enum("netns", "none"), Help: "where the scenarios run"},
	{Name: "tags", Place: Defaults, Value: "list of words", schema: anyOf(text(), listOf(text())), Help: "tags that every scenario has"},
	{Name: "requires", Place: Defaults, Value: "list of conditions", schema: anyOf(ref("condition"), listOf(ref("condition"))), Help: "conditions of the machine that every scenario needs"},
}

var keysOfScenario = []Key{
	{Name: "name", Place: Scenario, Value: "text", Required: true, schema: text(),
		Help: "unique in the file. Scenarios of a `matrix` whose names come out equal get the row's scalars as a suffix"},
	{Name: "about", Place: Scenario, Value: "text", schema: text(),
		Help: "a sentence or two, shown by `list` and when it fails"},
	{Name: "tags", Place: Scenario, Value: "list of words", schema: anyOf(text(), listOf(text())), Help: "what `--tag` selects by", Example: "tags: [tcp, close]"},
	{Name: "requires", Place: Scenario, Value: "list of conditions", schema: anyOf(ref("condition"), listOf(ref("condition"))),
		Help:    "conditions of the machine: `linux`, `root`, `ipv6`, `netns`, `program:python3`, `kernel>=6.1`. Where one does not hold, this scenario alone is skipped, with the reason",
		Example: "requires: [linux, \"kernel>=6.1\"]"},
	{Name: "vars", Place: Scenario, Value: "mapping from names to values", schema: object(), Help: "named values of this scenario, usable as `$(name)`"},
	{Name: "matrix", Place: Scenario, Value: "mapping of lists, or list of mappings", schema: anyOf(object(), listOf(object())),
		Help:    "one scenario for every combination of the lists, or for each row",
		Example: "- name: echo over $(family)\n  matrix:\n    family: [tcp, tcp6]\n  actors:\n    client:\n      - socket: $(family)"},
	{Name: "timeout", Place: Scenario, Value: "time", schema: ref("time"), Help: "for the whole scenario; 30s where nothing says otherwise"},
	{Name: "step_timeout", Place: Scenario, Value: "time", schema: ref("time"), Help: "for each step; 5s where nothing says otherwise"},
	{Name: "isolation", Place: Scenario, Value: "`netns` or `none`", schema: enum("netns", "none"),
		Help: "`netns`: in a network namespace of its own, with `127.0.0.1` and `::1` to itself; the default where the machine allows it. `none`: in the machine's own network"},
	{Name: "files", Place: Scenario, Value: "mapping from paths to contents", schema: object(),
		Help:    "made in `$(tmp)` before the start",
		Example: "files:\n  note.txt: a text\n  locked/: {mode: \"0500\"}\n  loop: {symlink: loop}"},
	{Name: "hosts", Place: Scenario, Value: "mapping from names to addresses", schema: object().with("additionalProperties", anyOf(ref("prefix"), listOf(ref("prefix")))),
		Help:    "one network namespace each, all on one switch; several addresses are a list. An actor names its own with `host`, and `bob:80` is an address",
		Example: "hosts: {alice: 10.0.0.1/24, bob: [10.0.0.2/24, \"fd00::2/64\"]}"},
	{Name: "sysctls", Place: Scenario, Value: "mapping from names to values", schema: object(),
		Help: "kernel parameters, set in the scenario's network namespace and in those of its hosts", Example: "sysctls: {net.ipv4.tcp_syn_retries: 1}"},
	{Name: "actors", Place: Scenario, Value: "mapping from names to actors", Required: true, schema: object().with("additionalProperties", ref("actor")),
		Help: "who takes part. Actors run at the same time, each its own steps in the order written"},
	{Name: "order", Place: Scenario, Value: "list of lines", schema: listOf(ref("line")),
		Help:    "what must have come before what, judged after the run. A bare name stands for the moment at which the step took effect, `.start`, `.blocked` and `.done` for what was recorded",
		Example: "order:\n  - server.listen < client.connect < server.accept\n  - server.accept.blocked < client.connect.start"},
	{Name: "outcomes", Place: Scenario, Value: "list of rows, or `{allowed, must_see}`", schema: anyOf(listOf(object()).with("minItems", 1), object()),
		Help:    "the combinations of labels (of `any`) that are allowed, judged after every run. A row names steps with their labels; one that it does not name is free, one that was left out has none. With `must_see: all` an exploration has to meet every row",
		Example: "outcomes:\n  - {client.connect: refused, server.accept: nobody}\n  - {client.connect: connected, server.accept: came}"},
	{Name: "interleavings", Place: Scenario, Value: "`all`, `{random: N, seed: S}` or `{all: true, limit: N}`", schema: anyOf(enum("all"), interleavings()),
		Help:    "the runner starts one step at a time, the next when that one is done or blocked, in every order that makes a difference, or in N at random; the scenario passes if it passes in all of them. At the limit it is inconclusive",
		Example: "interleavings: {all: true, limit: 5000}"},
	{Name: "grading", Place: Scenario, Value: "mapping", schema: ref("gradingScenario"),
		Help: "what the scenario is worth when a submission is graded", Example: "grading: {points: 10, hidden: true, hint: what if two clients come at once?}"},
}

var keysOfActor = []Key{
	{Name: "steps", Place: Actor, Value: "list of steps", Required: true, schema: ref("steps"), Help: "carried out one after the other"},
	{Name: "count", Place: Actor, Value: "number", schema: ref("count"),
		Help: "so many replicas run at once, named `client[0]`, `client[1]`, …; `$(replica)` is 0, 1, …", Example: "clients:\n  count: 100\n  steps:\n    - socket: tcp"},

	{Name: "host", Place: Actor, Value: "name of one of `hosts`", schema: text(),
		Help:    "the host that the actor runs on: its calls are made in that network. Without it an actor is in the scenario's own network, which no host can reach",
		Example: "server:\n  host: bob\n  steps:\n    - socket: tcp\n    - bind: bob:80"},
	{Name: "privileges", Place: Actor, Value: "`all` or `none`", schema: enum("all", "none"),
		Help:    "`none`: the actor's calls are made without capabilities, so that `bind` below port 1024 gets EACCES and a raw socket EPERM",
		Example: "plain:\n  privileges: none\n  steps:\n    - socket: tcp\n    - bind: 127.0.0.1:80\n      expect: {error: EACCES}"},
	{Name: "process", Place: Actor, Value: "mapping with `user`, `rlimits` and `read_only`", schema: process(),
		Help:    "the actor is a process of its own, of another `user`, with limits of resources by their names in getrlimit(2); `nofile: N` lets it have N descriptors of its own; with `read_only: true` it sees every file system read-only. Handles are not shared across processes, except by SCM_RIGHTS",
		Example: "small:\n  process: {user: nobody, rlimits: {nofile: 1}}\n  steps:\n    - socket: tcp\n    - socket: tcp\n      as: second\n      id: another\n      expect: {error: EMFILE}"},
}

var keysOfStep = []Key{
	{Name: "via", Place: Step, Value: "handle", schema: text(),
		Help:    "the handle that the call is made on, its first argument in C. May be left out where exactly one open handle of the right kind is there. `server.conn` is another actor's handle, shared as between threads; the step waits until it exists",
		Example: "- send: hello\n  via: conn"},
	{Name: "as", Place: Step, Value: "name, or list of names", schema: anyOf(ref("name"), listOf(ref("name"))),
		Help: "the name of the handle that the call makes; where a call makes two, a list", Example: "- socketpair: unix\n  as: [left, right]"},
	{Name: "id", Place: Step, Value: "name", schema: ref("name"),
		Help: "the step's name. Without it a step goes by its verb, if its actor uses that verb once", Example: "- recv:\n  id: greeting"},
	{Name: "after", Place: Step, Value: "instant, or list of instants", schema: anyOf(text(), listOf(text())),
		Help:    "what must have occurred before this step starts. `server.listen` is when that step is done; `.start` and `.blocked` name the other instants",
		Example: "- connect: $(server.sock.addr)\n  after: server.listen"},
	{Name: "when", Place: Step, Value: "expression",
		Help: "where it is false the step is left out, with all that needs what it makes. It waits for the values it names", Example: "- close\n  when: connect.outcome == \"refused\""},
	{Name: "within", Place: Step, Value: "time", schema: ref("time"),
		Help: "the call is made again until `expect` holds or the time is over; for verbs that only look", Example: "- tcp_info:\n  expect: {state: TIME_WAIT}\n  within: 1s"},
	{Name: "expect", Place: Step, Value: "mapping, or what the main result must be",
		Help: "what must come of the call; without it the call must succeed", Example: "- connect: 127.0.0.1:9\n  expect: {error: ECONNREFUSED}"},
	{Name: "timeout", Place: Step, Value: "time", schema: ref("time"), Help: "for this step, from its start"},
	{Name: "raw", Place: Step, Value: "mapping from argument names to numbers", schema: object(),
		Help: "overrides arguments of the C call by their names in the man page, so that wrong ones can be tested", Example: "- bind: 127.0.0.1:0\n  raw: {addrlen: 3}\n  expect: {error: EINVAL}"},
	{Name: "about", Place: Step, Value: "text", schema: text(), Help: "a remark, shown when the step fails"},
}

var keysOfExpect = []Key{
	{Name: "error", Place: Expect, Value: "errno, or list of them", schema: ref("errno"),
		Help: "the call fails with this errno, or with one of the list", Example: "expect: {error: [ECONNREFUSED, ETIMEDOUT]}"},
	{Name: "blocks", Place: Expect, Value: "`true`, `false`, a time, or `{until: actor.step}`", schema: anyOf(schema{"type": "boolean"}, ref("time"), only(map[string]any{"until": text()})),
		Help:    "`true`: the kernel could not do it at once, and the step had to wait; `false`: it did not have to. A time: it is still blocked after this time, and is given up then. `until`: it was blocked, and still was when that step started",
		Example: "- accept:\n  expect: {blocks: 100ms}"},
	{Name: "elapsed", Place: Expect, Value: "`{min, max}`", schema: only(map[string]any{"min": ref("time"), "max": ref("time")}), Help: "how long it took from start to done", Example: "expect: {elapsed: {min: 1s, max: 3s}}"},
	{Name: "any", Place: Expect, Value: "mapping from labels to mappings like `expect`",
		Help:    "alternatives, tried in order; the label of the first that holds is the step's `outcome`. One without `error` needs success",
		Example: "expect:\n  any:\n    refused: {error: ECONNREFUSED}\n    connected: {}"},
}

var keysOfGradingFile = []Key{
	{Name: "build", Place: GradingFile, Value: "list of commands", schema: listOf(anyOf(text(), listOf(text()))),
		Help:    "carried out once, one after the other, in the copy of the submission (for a file: in its folder), in the sandbox. A command is a list of words, or a text for `sh -c`. Where one fails, or is not done in `time`, every scenario fails with its output. HOME and TMPDIR are a folder of its own",
		Example: "build:\n  - [make, server]\n  - test -x server"},
	{Name: "time", Place: GradingFile, Value: "time", schema: ref("time"),
		Help: "for the build and the scenarios of a submission together, added up: what runs side by side counts side by side, and waiting for a turn does not count. 5m where it is not given; with `--repeat N` it is N times that"},
	{Name: "limits", Place: GradingFile, Value: "mapping", schema: gradingLimits(),
		Help:    "for every command of the build and every program, where `run` gives it no other: `cpu` (a time), `memory`, `disk`, `output` (sizes), `files`, `processes`. Where nothing is said `memory` and `disk` are 1GiB and `processes` 256",
		Example: "limits: {cpu: 10s, memory: 256MiB, processes: 50}"},
	{Name: "sandbox", Place: GradingFile, Value: "`true` or `false`", schema: ref("boolean"),
		Help: "`true`, the default: a submission has the system's files to read, its own folder and `$(tmp)` to write, the network of the scenario, and nothing else of the machine. `false`: it is trusted, and runs as the grader does"},
}

var keysOfGradingScenario = []Key{
	{Name: "points", Place: GradingScenario, Value: "number", schema: ref("points"), Help: "what it is worth, also with decimals; 1 where it is not given"},
	{Name: "hidden", Place: GradingScenario, Value: "`true` or `false`", schema: ref("boolean"),
		Help: "students see it as \"hidden check\", with its points and its `hint`, and nothing else of it"},
	{Name: "hint", Place: GradingScenario, Value: "text", schema: text(), Help: "shown to the student when it fails"},
	{Name: "needs", Place: GradingScenario, Value: "name of a scenario, or a list", schema: anyOf(text(), listOf(text())),
		Help:    "scenarios of the file that have to pass before it. Where one did not, it is skipped, with the reason and without points. The name of a `matrix` stands for all of its rows. What is needed runs even if `--run` leaves it out",
		Example: "grading: {needs: it listens}"},
}

// KeysNamed are the keys with this name, one for each place.
func KeysNamed(name string) []Key {
	var list []Key
	for _, k := range Keys() {
		if k.Name == name {
			list = append(list, k)
		}
	}
	return list
}

// Names are those of all keys, to suggest one.
func Names() []string {
	var names []string
	seen := map[string]bool{}
	for _, k := range Keys() {
		if !seen[k.Name] {
			names, seen[k.Name] = append(names, k.Name), true
		}
	}
	return names
}
