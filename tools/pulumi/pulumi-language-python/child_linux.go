package main

import "syscall"

// tieToParent asks the kernel to kill the child when the host is killed without a chance to do it itself.
func tieToParent(attributes *syscall.SysProcAttr) {
	attributes.Pdeathsig = syscall.SIGKILL
}
