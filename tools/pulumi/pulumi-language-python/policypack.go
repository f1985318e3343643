package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RunPlugin runs a policy pack until the engine is done with it.
//
// The Python policy library wants stack and config in its environment when it starts, but the engine tells them by a
// call after the start. A proxy stands between the two: it takes that call first, then the pack starts.
func (host *languageHost) RunPlugin(
	request *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
) (failure error) {
	if request.GetKind() != "analyzer" {
		return fmt.Errorf("this language host runs programs and policy packs, not plugins of kind %q; "+
			"use the official pulumi release for those", request.GetKind())
	}
	python, err := pythonOf(request.GetInfo())
	if err != nil {
		return err
	}
	ctx, end := host.untilEngineEnds(stream.Context())
	defer end()
	if err := python.ValidateVenv(ctx); err != nil {
		return err
	}

	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer closer.Close()

	proxy, err := serveAnalyzer(ctx)
	if err != nil {
		return err
	}
	// Once the engine has the port it hears of a failure by its next call only, which waits for the pack.
	defer func() {
		if failure != nil {
			proxy.pack.Reject(notStarted(failure))
		}
	}()
	// The engine reads the port from the first line.
	if _, err := fmt.Fprintf(stdout, "%d\n", proxy.port); err != nil {
		return err
	}
	stack, err := proxy.stack.Promise().Result(ctx)
	if err != nil {
		return err
	}
	folder := request.GetInfo().GetProgramDirectory()
	arguments := append([]string{"-u", "-m", "pulumi.policy"}, request.GetArgs()...)
	pack, err := python.Command(ctx, append(arguments, folder)...)
	if err != nil {
		return err
	}
	stackVariables, err := variablesOf(stack)
	if err != nil {
		return err
	}
	pack.Dir = folder
	pack.Env = append(append(environmentOf(pack), request.GetEnv()...), stackVariables...)
	printed, output := io.Pipe()
	pack.Stdout, pack.Stderr = output, stderr

	release, err := host.start(pack)
	if err != nil {
		return fmt.Errorf("cannot start the policy pack: %w", err)
	}
	defer release()
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		proxy.attach(ctx, printed, stdout)
	}()
	ended := pack.Wait()
	_ = output.Close()
	// After the exit code the engine reads nothing any more, a pack's last words among it.
	<-shown
	return sendExitCode(stream, ended)
}

// variablesOf is how the Python policy library learns which stack it judges. A pack that is only described, as for
// publishing, has no stack.
func variablesOf(stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return nil, nil
	}
	config, err := configVariables(stack.GetConfig(), stack.GetConfigSecretKeys())
	if err != nil {
		return nil, err
	}
	return append(config,
		"PULUMI_ORGANIZATION="+stack.GetOrganization(),
		"PULUMI_PROJECT="+stack.GetProject(),
		"PULUMI_STACK="+stack.GetStack(),
		"PULUMI_DRY_RUN="+strconv.FormatBool(stack.GetDryRun()),
	), nil
}

func sendExitCode(stream pulumirpc.LanguageRuntime_RunPluginServer, err error) error {
	var ended *exec.ExitError
	code := int32(0)
	if errors.As(err, &ended) {
		code = int32(ended.ExitCode())
	} else if err != nil {
		return err
	}
	return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code}})
}
