package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// InstallDependencies is `pulumi install`: it makes the virtual environment from requirements.txt.
func (host *languageHost) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	python, err := pythonOf(request.GetInfo())
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, request.GetIsTerminal())
	if err != nil {
		return err
	}
	ctx, end := host.untilEngineEnds(stream.Context())
	defer end()
	err = python.InstallDependencies(ctx, request.GetInfo().GetProgramDirectory(), request.GetUseLanguageVersionTools(),
		true /* show output */, stdout, stderr)
	return errors.Join(err, closer.Close())
}

// About describes the Python that programs run on.
//
// The engine asks before every preview and update, and waits. The toolchain's own answer starts pip as well, half a
// second for a version that the response has no place for.
func (host *languageHost) About(
	ctx context.Context, request *pulumirpc.AboutRequest,
) (*pulumirpc.AboutResponse, error) {
	python, err := pythonOf(request.GetInfo())
	if err != nil {
		return nil, err
	}
	command, err := python.Command(ctx, "-S", "-c", "import sys; print(sys.executable, sys.version.split()[0], sep='\\n')")
	if err != nil {
		return nil, err
	}
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot ask %s for its version: %w", command.Path, err)
	}
	executable, version, _ := strings.Cut(string(output), "\n")
	return &pulumirpc.AboutResponse{
		Executable: strings.TrimSpace(executable), Version: strings.TrimSpace(version),
	}, nil
}

// GetProgramDependencies lists the Python packages of a program, for `pulumi about`.
func (host *languageHost) GetProgramDependencies(
	ctx context.Context, request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	python, err := pythonOf(request.GetInfo())
	if err != nil {
		return nil, err
	}
	packages, err := python.ListPackages(ctx, request.GetTransitiveDependencies())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, found := range packages {
		response.Dependencies = append(response.Dependencies,
			&pulumirpc.DependencyInfo{Name: found.Name, Version: found.Version})
	}
	return response, nil
}

// GetRequiredPackages names the providers that the installed Python packages belong to: each brings a
// pulumi-plugin.json.
func (host *languageHost) GetRequiredPackages(
	ctx context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	python, err := pythonOf(request.GetInfo())
	if err != nil {
		return nil, err
	}
	environment, err := python.VirtualEnvPath(ctx)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	if environment == "" {
		// Without a virtual environment the program's own registrations name the providers.
		return response, nil
	}
	descriptions, err := filepath.Glob(
		filepath.Join(environment, "lib", "python3*", "site-packages", "*", "pulumi-plugin.json"))
	if err != nil {
		return nil, err
	}
	for _, path := range descriptions {
		dependency, err := requiredPackage(path)
		if err != nil {
			return nil, err
		}
		if dependency != nil {
			response.Packages = append(response.Packages, dependency)
		}
	}
	return response, nil
}

// requiredPackage reads a pulumi-plugin.json; nil when its package has no provider.
func requiredPackage(path string) (*pulumirpc.PackageDependency, error) {
	described, err := plugin.LoadPulumiPluginJSON(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil || !described.Resource {
		return nil, err
	}
	name := described.Name
	if name == "" {
		name = strings.ReplaceAll(strings.TrimPrefix(filepath.Base(filepath.Dir(path)), "pulumi_"), "_", "-")
	}
	version := described.Version
	if version != "" && !strings.HasPrefix(version, "v") {
		version = "v" + version
	}
	return &pulumirpc.PackageDependency{
		Name: name, Kind: "resource", Version: version, Server: described.Server,
	}, nil
}
