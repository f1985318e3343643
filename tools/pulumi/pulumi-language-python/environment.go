package main

import (
	"encoding/json"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// pythonOf finds the Python of a program or policy pack by the `runtime.options` of its project file.
func pythonOf(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	options := toolchain.PythonOptions{
		Root:       info.GetRootDirectory(),
		ProgramDir: info.GetProgramDirectory(),
	}
	given := info.GetOptions().AsMap()
	if value, set := given["virtualenv"]; set {
		path, isText := value.(string)
		if !isText {
			return nil, fmt.Errorf("runtime option virtualenv is %v, allowed is a path", value)
		}
		options.Virtualenv = path
	}
	switch value := given["toolchain"]; value {
	case nil, "":
		options.Toolchain = toolchain.Auto
	case "pip":
		options.Toolchain = toolchain.Pip
	case "uv":
		options.Toolchain = toolchain.Uv
	case "poetry":
		options.Toolchain = toolchain.Poetry
	default:
		return nil, fmt.Errorf("runtime option toolchain is %v, allowed are pip, uv and poetry", value)
	}
	return toolchain.ResolveToolchain(options)
}

// configVariables hands the stack's config to the Python SDK. An empty config is an empty object and never null, which
// the SDK would fail to read.
func configVariables(config map[string]string, secretKeys []string) ([]string, error) {
	if config == nil {
		config = map[string]string{}
	}
	if secretKeys == nil {
		secretKeys = []string{}
	}
	values, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("cannot write the config as JSON: %w", err)
	}
	keys, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, fmt.Errorf("cannot write the names of secret config as JSON: %w", err)
	}
	return []string{"PULUMI_CONFIG=" + string(values), "PULUMI_CONFIG_SECRET_KEYS=" + string(keys)}, nil
}
