package main

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// start starts a Python process that leaves nothing behind: it ends with its context, with the engine, or with the host.
// The caller waits for the process and then calls release, on the same goroutine.
//
// The child has a process group of its own: the engine's SIGINT reaches the host alone, which then kills the group.
// A SIGINT to Python itself would put a KeyboardInterrupt traceback among the user's diagnostics.
func (host *languageHost) start(child *exec.Cmd) (release func(), err error) {
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	tieToParent(child.SysProcAttr)
	child.Cancel = func() error { return syscall.Kill(-child.Process.Pid, syscall.SIGKILL) }
	// A grandchild that keeps the pipes open must not keep the host.
	child.WaitDelay = time.Second

	// "Parent" in tieToParent is the thread that starts the child, so that thread has to stay.
	runtime.LockOSThread()
	host.children.Add(1)
	release = func() {
		host.children.Done()
		runtime.UnlockOSThread()
	}
	if err := child.Start(); err != nil {
		release()
		return nil, err
	}
	return release, nil
}
