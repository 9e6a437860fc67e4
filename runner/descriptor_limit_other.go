//go:build !linux && !darwin

package runner

func descriptorLimit() string     { return "unknown" }
func raiseDescriptorLimit(uint64) {}
