package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// runsPack runs a pack whose Python is a shell script, and returns what the engine hears: first the proxy's port.
func runsPack(t *testing.T, script string) pulumirpc.LanguageRuntime_RunPluginClient {
	t.Helper()
	folder := t.TempDir()
	bin := filepath.Join(folder, "venv", "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"python": "#!/bin/sh\n" + script, "../pyvenv.cfg": ""} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	host := &languageHost{alive: t.Context()}
	port := serves(t, func(server *grpc.Server) { pulumirpc.RegisterLanguageRuntimeServer(server, host) })
	options, err := structpb.NewStruct(map[string]any{"toolchain": "pip", "virtualenv": "venv"})
	if err != nil {
		t.Fatal(err)
	}
	running, err := pulumirpc.NewLanguageRuntimeClient(connected(t, port)).RunPlugin(t.Context(),
		&pulumirpc.RunPluginRequest{
			Kind: "analyzer",
			Pwd:  folder,
			Info: &pulumirpc.ProgramInfo{RootDirectory: folder, ProgramDirectory: folder, Options: options},
		})
	if err != nil {
		t.Fatal(err)
	}
	return running
}

// analyzerOf reads the proxy's port, as the engine does.
func analyzerOf(t *testing.T, running pulumirpc.LanguageRuntime_RunPluginClient) pulumirpc.AnalyzerClient {
	t.Helper()
	said, err := running.Recv()
	if err != nil {
		t.Fatal(err)
	}
	var port int
	if _, err := fmt.Sscanf(string(said.GetStdout()), "%d\n", &port); err != nil {
		t.Fatalf("the first line is %q: %v", said.GetStdout(), err)
	}
	return pulumirpc.NewAnalyzerClient(connected(t, port))
}

func TestTheLastWordsOfAPackAreHeard(t *testing.T) {
	for round := range 20 {
		running := runsPack(t, "echo 1; echo last words; exit 7\n")
		stack := &pulumirpc.AnalyzerStackConfigureRequest{Stack: "dev"}
		if _, err := analyzerOf(t, running).ConfigureStack(t.Context(), stack); err != nil {
			t.Fatal(err)
		}
		words, code := "", int32(-1)
		for {
			said, err := running.Recv()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			words += string(said.GetStdout())
			if ended, is := said.GetOutput().(*pulumirpc.RunPluginResponse_Exitcode); is {
				code = ended.Exitcode
				break
			}
		}
		if words != "last words\n" || code != 7 {
			t.Fatalf("round %d: heard %q, then code %d", round, words, code)
		}
	}
}

func TestAPackThatCannotBeStartedIsSaidToWhoWaitsForIt(t *testing.T) {
	engine := analyzerOf(t, runsPack(t, "exit 0\n"))
	// Linux takes at most 128 KiB as one variable of an environment.
	config := map[string]string{"amora-sync:long": strings.Repeat("x", 200_000)}
	stack := &pulumirpc.AnalyzerStackConfigureRequest{Stack: "dev", Config: config}
	if _, err := engine.ConfigureStack(t.Context(), stack); err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := engine.GetAnalyzerInfo(soon, &emptypb.Empty{})
	if err == nil || !strings.Contains(err.Error(), "cannot start the policy pack") {
		t.Errorf("the error is %v", err)
	}
}

func TestAPackIsDescribedWithoutAStack(t *testing.T) {
	// The script's own environment shows whether it was told a stack.
	script := fmt.Sprintf("test -z \"$PULUMI_STACK\" && echo %d; exec sleep 60\n", served(t, &somePack{}))
	info, err := analyzerOf(t, runsPack(t, script)).GetAnalyzerInfo(t.Context(), &emptypb.Empty{})
	if err != nil || info.GetName() != "some pack" {
		t.Errorf("the pack describes itself as %v (%v)", info, err)
	}
}
