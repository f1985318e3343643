package main

import (
	"context"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// languageHost answers the engine's calls. What it does not implement (code generation, templates) answers
// Unimplemented, which the engine understands.
type languageHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	// alive is done when the engine is gone or asks the host to end; it takes every child process with it.
	alive context.Context
	// executor is the path of the SDK's script that runs a program.
	executor string

	// children counts the processes that run, so that the host outlives none of them.
	children sync.WaitGroup

	// engine is the address of the engine's own service.
	engine     string
	engineLock sync.Mutex
}

func (host *languageHost) engineAddress() string {
	host.engineLock.Lock()
	defer host.engineLock.Unlock()
	return host.engine
}

// Handshake tells the engine's address to a host that was started without it.
func (host *languageHost) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	host.engineLock.Lock()
	defer host.engineLock.Unlock()
	host.engine = request.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetPluginInfo names the version of the engine that the host was built with.
func (host *languageHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// Cancel has nothing to release: the engine's SIGINT, which follows, ends the host and its children.
func (host *languageHost) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
