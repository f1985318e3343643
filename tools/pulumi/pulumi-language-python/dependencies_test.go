package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

func TestRequiredPackage(t *testing.T) {
	for name, test := range map[string]struct{ described, wanted string }{
		"provider":            {`{"resource": true, "name": "azure-native", "version": "3.29.0"}`, "azure-native v3.29.0"},
		"no name":             {`{"resource": true, "version": "v1.2.3"}`, "azure-native v1.2.3"},
		"package without one": {`{"resource": false}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pulumi_azure_native", "pulumi-plugin.json")
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(test.described), 0o644); err != nil {
				t.Fatal(err)
			}
			found, err := requiredPackage(path)
			if err != nil {
				t.Fatal(err)
			}
			given := ""
			if found != nil {
				given = found.GetName() + " " + found.GetVersion()
			}
			if given != test.wanted {
				t.Errorf("package is %q, wanted %q", given, test.wanted)
			}
		})
	}
}

func TestAboutAsksPythonOnce(t *testing.T) {
	root := t.TempDir()
	python := filepath.Join(root, ".venv", "bin", "python")
	if err := os.MkdirAll(filepath.Dir(python), 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho asked >> '" + root + "/asked'\nprintf '/some/python\\n3.11.7\\n'\n"
	if err := os.WriteFile(python, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	options, err := structpb.NewStruct(map[string]any{"toolchain": "pip", "virtualenv": ".venv"})
	if err != nil {
		t.Fatal(err)
	}
	about, err := new(languageHost).About(context.Background(), &pulumirpc.AboutRequest{
		Info: &pulumirpc.ProgramInfo{RootDirectory: root, ProgramDirectory: root, Options: options},
	})
	if err != nil {
		t.Fatal(err)
	}
	if about.GetExecutable() != "/some/python" || about.GetVersion() != "3.11.7" {
		t.Errorf("Python is %q, %q", about.GetExecutable(), about.GetVersion())
	}
	asked, err := os.ReadFile(filepath.Join(root, "asked"))
	if err != nil || string(asked) != "asked\n" {
		t.Errorf("Python was started for %q, wanted once (%v)", asked, err)
	}
}
