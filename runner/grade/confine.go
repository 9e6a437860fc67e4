package grade

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/sockspec/sockspec/runner/sandbox"
	"github.com/sockspec/sockspec/steps"
)

// Missing are the parts of the sandbox that this machine cannot enforce, or that the
// rubric does without.
func Missing(r *Rubric) []string {
	if r.Trusted {
		return []string{"programs are kept in a sandbox: the rubric says sandbox: false"}
	}
	var list []string
	for _, m := range sandbox.Check() {
		list = append(list, m.String())
	}
	return list
}

// Users are so many users, for submissions that are graded at the same time; none
// where there cannot be any, or the rubric has no sandbox.
func Users(r *Rubric, n int) ([]steps.ProcessUser, error) {
	if r.Trusted {
		return nil, nil
	}
	return sandbox.Users(n)
}

// Digest stands for values: it is the same for the same ones.
func Digest(values ...any) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // a value that has no JSON is a bug of ours
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
