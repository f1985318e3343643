package main

import (
	"slices"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

func TestEmptyConfigIsAnEmptyObject(t *testing.T) {
	variables, err := configVariables(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if wanted := []string{"PULUMI_CONFIG={}", "PULUMI_CONFIG_SECRET_KEYS=[]"}; !slices.Equal(variables, wanted) {
		t.Errorf("variables are %q, wanted %q", variables, wanted)
	}
}

func TestConfigKeepsItsText(t *testing.T) {
	variables, err := configVariables(map[string]string{"amora-sync:network": `{"a":"ü"}`}, []string{"amora-sync:key"})
	if err != nil {
		t.Fatal(err)
	}
	wanted := []string{`PULUMI_CONFIG={"amora-sync:network":"{\"a\":\"ü\"}"}`, `PULUMI_CONFIG_SECRET_KEYS=["amora-sync:key"]`}
	if !slices.Equal(variables, wanted) {
		t.Errorf("variables are %q, wanted %q", variables, wanted)
	}
}

func TestPythonOptions(t *testing.T) {
	for name, test := range map[string]struct {
		options map[string]any
		path    string
		problem string
	}{
		"virtual environment": {
			options: map[string]any{"toolchain": "pip", "virtualenv": ".venv"},
			path:    "/project/.venv",
		},
		"machine's own Python":  {options: map[string]any{"toolchain": "pip"}},
		"unknown toolchain":     {options: map[string]any{"toolchain": "conda"}, problem: "conda, allowed are"},
		"virtualenv not a path": {options: map[string]any{"virtualenv": 7}, problem: "allowed is a path"},
	} {
		t.Run(name, func(t *testing.T) {
			options, err := structpb.NewStruct(test.options)
			if err != nil {
				t.Fatal(err)
			}
			python, err := pythonOf(&pulumirpc.ProgramInfo{
				RootDirectory: "/project", ProgramDirectory: "/project", Options: options,
			})
			if test.problem != "" {
				if err == nil || !strings.Contains(err.Error(), test.problem) {
					t.Errorf("error is %v, wanted %q in it", err, test.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if path, _ := python.VirtualEnvPath(t.Context()); path != test.path {
				t.Errorf("virtual environment is %q, wanted %q", path, test.path)
			}
		})
	}
}
