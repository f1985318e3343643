//go:build !linux

package main

import "syscall"

// tieToParent does nothing where the kernel has no such signal: a program whose engine is gone ends by itself at its
// next call.
func tieToParent(*syscall.SysProcAttr) {}
