package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// alreadyShown is the exit status of the SDK's script after it reported the error to the engine itself.
const alreadyShown = 32

// Run runs the program once, in a preview or an update.
func (host *languageHost) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if request.GetAttachDebugger() {
		return nil, errors.New("this language host attaches no debugger; use the official pulumi release for that")
	}
	python, err := pythonOf(request.GetInfo())
	if err != nil {
		return nil, err
	}
	if err := python.ValidateVenv(ctx); err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	config, err := configVariables(request.GetConfig(), request.GetConfigSecretKeys())
	if err != nil {
		return nil, err
	}
	ctx, end := host.untilEngineEnds(ctx)
	defer end()
	program, err := python.Command(ctx, host.programArguments(request)...)
	if err != nil {
		return nil, err
	}
	program.Env = append(environmentOf(program), config...)
	// The engine turns what the host prints into diagnostics of the stack.
	program.Stdout, program.Stderr = os.Stdout, os.Stderr
	release, err := host.start(program)
	if err != nil {
		return nil, fmt.Errorf("cannot run the program: %w", err)
	}
	defer release()
	return outcome(program.Wait())
}

// untilEngineEnds is a context that ends with the call or with the engine, whichever is first.
func (host *languageHost) untilEngineEnds(call context.Context) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancel(call)
	stop := context.AfterFunc(host.alive, end)
	return ctx, func() { stop(); end() }
}

// programArguments are those that the SDK's script documents in its --help.
func (host *languageHost) programArguments(request *pulumirpc.RunRequest) []string {
	arguments := []string{"-u", host.executor}
	for _, option := range []struct{ name, value string }{
		{"--monitor", request.GetMonitorAddress()},
		{"--engine", host.engineAddress()},
		{"--project", request.GetProject()},
		{"--root_directory", request.GetInfo().GetRootDirectory()},
		{"--stack", request.GetStack()},
		{"--pwd", request.GetPwd()},
		{"--dry_run", strconv.FormatBool(request.GetDryRun())},
		{"--parallel", strconv.Itoa(int(request.GetParallel()))},
		{"--organization", request.GetOrganization()},
	} {
		if option.value != "" {
			arguments = append(arguments, option.name, option.value)
		}
	}
	return append(append(arguments, request.GetInfo().GetEntryPoint()), request.GetArgs()...)
}

// outcome tells a program that failed apart from one that could not be run at all.
func outcome(err error) (*pulumirpc.RunResponse, error) {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &ended) && ended.ExitCode() == alreadyShown:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case errors.As(err, &ended) && ended.ExitCode() >= 0:
		return &pulumirpc.RunResponse{
			Error: fmt.Sprintf("Program exited with non-zero exit code: %d", ended.ExitCode()),
		}, nil
	case errors.As(err, &ended):
		return &pulumirpc.RunResponse{Error: "Program was ended by a signal: " + ended.String()}, nil
	default:
		return nil, fmt.Errorf("lost the program: %w", err)
	}
}

// environmentOf is the environment a command would get, ready to be added to.
func environmentOf(command *exec.Cmd) []string {
	if command.Env == nil {
		return os.Environ()
	}
	return command.Env
}
