// Command pulumi-language-python is the language host of the pinned engine: it starts the Python program and the
// Python policy packs for it.
//
// Pulumi publishes the engine (pkg/v3) and the SDK (sdk/v3) as Go modules, but not its own Python language host. This
// one is made of the SDK's public parts and covers what a project with a virtual environment needs: programs and policy
// packs. Code generation and multi-language components are left to the official release.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// executorName is the SDK's script that runs a Python program; it lies beside this binary.
const executorName = "pulumi-language-python-exec"

// engineProbe is how often the host asks whether its engine is alive. An engine that is killed cannot say goodbye, so
// this bounds how long a program outlives it.
const engineProbe = time.Second

func main() {
	if err := serve(); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-language-python: %v\n", err)
		os.Exit(1)
	}
}

func serve() error {
	logging.InitLogging(false, 0, false)
	executor, err := executorBesideBinary()
	if err != nil {
		return err
	}

	// The engine waits five seconds for its plugins after SIGINT before it kills them: ending at once is what makes
	// every command end at once.
	alive, end := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer end()

	engine := ""
	if len(os.Args) > 1 {
		// The engine's address is the last argument; flags such as -tracing stand before it.
		engine = os.Args[len(os.Args)-1]
		if err := rpcutil.Healthcheck(alive, engine, engineProbe, end); err != nil {
			return fmt.Errorf("cannot watch the engine at %s: %w", engine, err)
		}
	}

	host := &languageHost{alive: alive, executor: executor, engine: engine}
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
		Options: rpcutil.TracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return fmt.Errorf("cannot serve: %w", err)
	}

	// The engine reads the port from the first line.
	fmt.Printf("%d\n", server.Port)

	select {
	case err := <-server.Done:
		return err
	case <-alive.Done():
		host.children.Wait()
		return nil
	}
}

func executorBesideBinary() (string, error) {
	binary, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("cannot find this binary's own folder: %w", err)
	}
	executor := filepath.Join(filepath.Dir(binary), executorName)
	if _, err := os.Stat(executor); err != nil {
		return "", fmt.Errorf("%s is not beside %s: %w", executorName, binary, err)
	}
	return executor, nil
}
