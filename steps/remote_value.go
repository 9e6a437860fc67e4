package steps

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"math"
	"net/netip"
	"syscall"
	"time"
)

// wireValue is one of the values that results and arguments are made of, as it
// goes to another process. Texts are bytes: they need not be UTF-8.
type wireValue struct {
	Kind wireKind    `json:"k"`
	Text []byte      `json:"t,omitempty"`
	Num  int64       `json:"n,omitempty"`
	More int64       `json:"m,omitempty"`
	Data *wireData   `json:"d,omitempty"`
	List []wireValue `json:"l,omitempty"` // of a mapping: key, value, key, value, …
}

// wireData is what [Received] knows beside the bytes and the length.
type wireData struct {
	Stream   bool   `json:"stream,omitempty"`
	Compared bool   `json:"compared,omitempty"`
	Differ   int64  `json:"differ"`
	Sum      []byte `json:"sum,omitempty"`
}

// wireKind is the type of a value.
type wireKind uint8

const (
	wireNil wireKind = iota
	wireBool
	wireInt
	wireFloat
	wireText
	wireTime
	wireErrno
	wireReceived
	wireAddress
	wireConstant
	wireSet
	wireSets
	wireStruct
	wireList
	wireMap
)

// toWire is the value as it is sent.
func toWire(v any) (wireValue, error) {
	switch v := v.(type) {
	case nil:
		return wireValue{}, nil
	case bool:
		w := wireValue{Kind: wireBool}
		if v {
			w.Num = 1
		}
		return w, nil
	case int:
		return wireValue{Kind: wireInt, Num: int64(v)}, nil
	case int64:
		return wireValue{Kind: wireInt, Num: v}, nil
	case float64:
		return wireValue{Kind: wireFloat, Num: int64(math.Float64bits(v))}, nil
	case string:
		return wireValue{Kind: wireText, Text: []byte(v)}, nil
	case time.Duration:
		return wireValue{Kind: wireTime, Num: int64(v)}, nil
	case syscall.Errno:
		return wireValue{Kind: wireErrno, Num: int64(v)}, nil
	case *Received:
		return v.toWire(), nil
	case Address:
		return v.toWire(), nil
	case Constant:
		return wireValue{Kind: wireConstant, Num: v.Value, Text: []byte(v.Name)}, nil
	}
	return manyToWire(v)
}

// manyToWire is toWire for what consists of values.
func manyToWire(v any) (w wireValue, err error) {
	add := func(key string, value any) {
		one, wrong := toWire(value)
		if err == nil {
			err = wrong
		}
		w.List = append(w.List, wireValue{Kind: wireText, Text: []byte(key)}, one)
	}
	switch v := v.(type) {
	case Set:
		w.Kind = wireSet
		for _, name := range v {
			w.List = append(w.List, wireValue{Kind: wireText, Text: []byte(name)})
		}
	case []any:
		w.Kind = wireList
		for _, item := range v {
			one, wrong := toWire(item)
			if wrong != nil {
				return w, wrong
			}
			w.List = append(w.List, one)
		}
	case map[string]Set:
		w.Kind = wireSets
		for key, set := range v {
			add(key, set)
		}
	case map[string]any:
		w.Kind = wireMap
		for key, value := range v {
			add(key, value)
		}
	case Struct:
		w.Kind = wireStruct
		for _, f := range v {
			add(f.Name, f.Value)
		}
	default:
		err = fmt.Errorf("a value of type %T cannot go to another process", v)
	}
	return w, err
}

// value is what was sent. What came from another process is trusted in nothing.
func (w *wireValue) value() (any, error) {
	switch w.Kind {
	case wireNil:
		return nil, nil
	case wireBool:
		return w.Num != 0, nil
	case wireInt:
		return w.Num, nil
	case wireFloat:
		return math.Float64frombits(uint64(w.Num)), nil
	case wireText:
		return string(w.Text), nil
	case wireTime:
		return time.Duration(w.Num), nil
	case wireErrno:
		return syscall.Errno(w.Num), nil
	case wireReceived:
		return w.received()
	case wireAddress:
		return w.address()
	case wireConstant:
		return Constant{w.Num, string(w.Text)}, nil
	case wireSet:
		set := make(Set, len(w.List))
		for i := range w.List {
			set[i] = string(w.List[i].Text)
		}
		return set, nil
	case wireList:
		list := make([]any, len(w.List))
		for i := range w.List {
			var err error
			if list[i], err = w.List[i].value(); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return w.mapping()
}

// mapping is a value that consists of keys and values.
func (w *wireValue) mapping() (any, error) {
	sets, all, fields := make(map[string]Set), make(map[string]any), Struct{}
	for i := 0; i+1 < len(w.List); i += 2 {
		key := string(w.List[i].Text)
		v, err := w.List[i+1].value()
		if err != nil {
			return nil, err
		}
		if set, ok := v.(Set); ok {
			sets[key] = set
		}
		all[key] = v
		fields = append(fields, StructField{key, v})
	}
	switch w.Kind {
	case wireSets:
		return sets, nil
	case wireMap:
		return all, nil
	case wireStruct:
		return fields, nil
	}
	return nil, fmt.Errorf("a value of an unknown kind %d", w.Kind)
}

func (r *Received) toWire() wireValue {
	if r == nil {
		return wireValue{}
	}
	w := wireValue{Kind: wireReceived, Text: r.kept, Num: r.n, Data: &wireData{Stream: r.stream, Compared: r.against != nil, Differ: r.differ}}
	if r.hash != nil {
		sum := r.SHA256()
		w.Data.Sum = sum[:]
	}
	return w
}

func (w *wireValue) received() (*Received, error) {
	d := w.Data
	if d == nil || w.Num < int64(len(w.Text)) || d.Differ < -1 || d.Differ > w.Num || len(d.Sum) != 0 && len(d.Sum) != sha256.Size ||
		!d.Stream && w.Num != int64(len(w.Text)) {
		return nil, fmt.Errorf("received data that contradicts itself")
	}
	r := &Received{kept: w.Text, n: w.Num, stream: d.Stream, differ: d.Differ}
	if len(d.Sum) > 0 {
		r.hash = knownSum{sum: d.Sum}
	}
	if d.Compared {
		r.against = new(DataReader)
	}
	return r, nil
}

// knownSum is a hash of which only the sum is there.
type knownSum struct {
	hash.Hash
	sum []byte
}

// Sum is the sum.
func (k knownSum) Sum(b []byte) []byte { return append(b, k.sum...) }

func (a Address) toWire() wireValue {
	w := wireValue{Kind: wireAddress, Num: int64(a.form), More: int64(a.family), Text: []byte(a.text)}
	if a.form == inetAddress {
		w.Text = []byte(a.inet.String())
	}
	return w
}

func (w *wireValue) address() (Address, error) {
	if w.Num < 0 || w.Num > int64(rawAddress) {
		return Address{}, fmt.Errorf("an address of an unknown form %d", w.Num)
	}
	a := Address{form: addressForm(w.Num), family: int(w.More), text: string(w.Text)}
	if a.form == inetAddress {
		at, err := netip.ParseAddrPort(a.text)
		if err != nil {
			return Address{}, err
		}
		a.inet, a.text = at, ""
	}
	return a, nil
}
