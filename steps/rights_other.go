//go:build !linux

package steps

func identify(int) (fileID, error)               { return fileID{}, errNeedsLinux }
func sameDescription(int, int) (bool, error)     { return false, errNeedsLinux }
func kindOfFile(int) HandleKind                  { return FileHandle }
func (d *Description) ask(HandleKind, int, bool) {}
func (d *Description) mark(int)                  {}
