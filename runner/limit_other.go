//go:build !unix

package runner

func descriptorLimit() string     { return "unknown" }
func raiseDescriptorLimit(uint64) {}
