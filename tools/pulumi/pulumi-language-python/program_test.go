package main

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestProgramArguments(t *testing.T) {
	host := &languageHost{executor: "/bin/exec", engine: "127.0.0.1:1"}
	given := host.programArguments(&pulumirpc.RunRequest{
		MonitorAddress: "127.0.0.1:2",
		Project:        "amora-sync",
		Stack:          "dev",
		Pwd:            "/project",
		DryRun:         true,
		Parallel:       16,
		Args:           []string{"last"},
		Info:           &pulumirpc.ProgramInfo{RootDirectory: "/project", EntryPoint: "."},
	})
	wanted := strings.Fields("-u /bin/exec --monitor 127.0.0.1:2 --engine 127.0.0.1:1 --project amora-sync " +
		"--root_directory /project --stack dev --pwd /project --dry_run true --parallel 16 . last")
	if !slices.Equal(given, wanted) {
		t.Errorf("arguments are\n%q, wanted\n%q", given, wanted)
	}
}

func TestOutcome(t *testing.T) {
	ended := func(script string) error { return exec.Command("sh", "-c", script).Run() }
	for name, test := range map[string]struct {
		err    error
		bail   bool
		text   string
		broken bool
	}{
		"success":            {err: nil},
		"error":              {err: ended("exit 3"), text: "non-zero exit code: 3"},
		"error shown before": {err: ended("exit 32"), bail: true},
		"signal":             {err: ended("kill -9 $$"), text: "signal: killed"},
		"no program":         {err: errors.New("no such file"), broken: true},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := outcome(test.err)
			if (err != nil) != test.broken {
				t.Fatalf("error is %v", err)
			}
			if response.GetBail() != test.bail || !strings.Contains(response.GetError(), test.text) {
				t.Errorf("response is %v", response)
			}
		})
	}
}

func TestChildEndsWithItsEngine(t *testing.T) {
	alive, engineEnds := context.WithCancel(context.Background())
	host := &languageHost{alive: alive}
	ctx, end := host.untilEngineEnds(context.Background())
	defer end()
	// The grandchild keeps the pipe open: without the group's end, Wait would last a minute.
	child := exec.CommandContext(ctx, "sh", "-c", "sleep 60 & sleep 60")
	release, err := host.start(child)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	engineEnds()
	if err := child.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("the child ended with %v", err)
	}
}
