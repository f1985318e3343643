package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/pulumi/pulumi/sdk/v3/go/common/promise"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// answeredHere are the calls that the proxy reads. All others pass to the pack and back as bytes.
var answeredHere = []string{"Handshake", "ConfigureStack", "GetAnalyzerInfo", "Configure"}

// analyzerProxy is the analyzer that the engine talks to while the pack's own process is behind it.
//
// The SDK has a PolicyProxy for the same purpose. It reads and writes each message anew on its way, and asks the pack
// to remediate each resource whether it can or not: on a stack of 400 resources more than a second of a preview.
type analyzerProxy struct {
	pulumirpc.UnimplementedAnalyzerServer

	// port is where the engine finds the proxy.
	port int

	// stack is what the engine says of the stack, or nil when it asks something else first.
	stack promise.CompletionSource[*pulumirpc.AnalyzerStackConfigureRequest]
	// pack is the connection to the pack's process.
	pack promise.CompletionSource[*grpc.ClientConn]

	// declared is whether a policy of the pack changes resources by its own level: until the pack has said, it may.
	// configured is whether the engine has raised one to do so.
	declared, configured atomic.Bool
}

// notStarted is what the engine hears of a pack that is not there.
func notStarted(reason error) error {
	return fmt.Errorf("policy pack not started: %w", reason)
}

// serveAnalyzer starts to listen; it ends with its context.
func serveAnalyzer(ctx context.Context) (*analyzerProxy, error) {
	proxy := &analyzerProxy{}
	proxy.declared.Store(true)
	cancel := make(chan bool)
	context.AfterFunc(ctx, func() { close(cancel) })
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			server.RegisterService(answeredService(), proxy)
			return nil
		},
		Options: []grpc.ServerOption{
			grpc.ForceServerCodecV2(verbatim{}),
			grpc.UnknownServiceHandler(proxy.passOn),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("cannot serve the policy pack: %w", err)
	}
	proxy.port = server.Port
	return proxy, nil
}

// answeredService is the analyzer's service without what is passed on.
func answeredService() *grpc.ServiceDesc {
	service := pulumirpc.Analyzer_ServiceDesc
	service.Methods = slices.DeleteFunc(slices.Clone(service.Methods), func(method grpc.MethodDesc) bool {
		return !slices.Contains(answeredHere, method.MethodName)
	})
	return &service
}

// attach connects to a pack by the port that it prints first; what it prints later goes on to the engine.
func (proxy *analyzerProxy) attach(ctx context.Context, printed io.Reader, stdout io.Writer) {
	lines := bufio.NewReader(printed)
	connection, err := proxy.connect(ctx, lines)
	if err != nil {
		proxy.pack.Reject(notStarted(err))
	} else {
		proxy.pack.Fulfill(connection)
	}
	// The pack must not stand still because nobody reads what it prints.
	if _, err := io.Copy(stdout, lines); err != nil {
		_, _ = io.Copy(io.Discard, lines)
	}
}

func (proxy *analyzerProxy) connect(ctx context.Context, lines *bufio.Reader) (*grpc.ClientConn, error) {
	line, err := lines.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("it ended before it said its port: %w", err)
	}
	port, err := strconv.ParseUint(strings.TrimSpace(line), 10, 16)
	if err != nil {
		return nil, fmt.Errorf("its first line is %q instead of its port", line)
	}
	connection, err := grpc.NewClient(fmt.Sprintf("127.0.0.1:%d", port),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(verbatim{})),
		rpcutil.GrpcChannelOptions(),
	)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = connection.Close() })
	stack, _, _ := proxy.stack.Promise().TryResult()
	if stack == nil {
		return connection, nil
	}
	// Tags of the stack come by this call only; a library from before the call has no use for them.
	_, err = pulumirpc.NewAnalyzerClient(connection).ConfigureStack(ctx, stack)
	if err != nil && status.Code(err) != codes.Unimplemented {
		return nil, fmt.Errorf("it cannot be told its stack: %w", err)
	}
	return connection, nil
}

// attached waits for the pack. Who asks it anything before the stack is known wants a pack without one.
func (proxy *analyzerProxy) attached(ctx context.Context) (*grpc.ClientConn, error) {
	proxy.stack.Fulfill(nil)
	return proxy.pack.Promise().Result(ctx)
}

// passOn answers a call with the pack's answer, neither of them read. A pack that cannot remediate is not asked to.
func (proxy *analyzerProxy) passOn(_ any, call grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(call)
	var request, response message
	if err := call.RecvMsg(&request); err != nil {
		return err
	}
	// No bytes are a response without remediations.
	if method != pulumirpc.Analyzer_Remediate_FullMethodName || proxy.declared.Load() || proxy.configured.Load() {
		pack, err := proxy.attached(call.Context())
		if err != nil {
			return err
		}
		if err := pack.Invoke(call.Context(), method, &request, &response); err != nil {
			return err
		}
	}
	return call.SendMsg(&response)
}

// Handshake needs nothing: the pack knows the engine by its arguments.
func (proxy *analyzerProxy) Handshake(
	context.Context, *pulumirpc.AnalyzerHandshakeRequest,
) (*pulumirpc.AnalyzerHandshakeResponse, error) {
	return &pulumirpc.AnalyzerHandshakeResponse{}, nil
}

// ConfigureStack is what the pack's start waits for.
func (proxy *analyzerProxy) ConfigureStack(
	_ context.Context, request *pulumirpc.AnalyzerStackConfigureRequest,
) (*pulumirpc.AnalyzerStackConfigureResponse, error) {
	proxy.stack.Fulfill(request)
	return &pulumirpc.AnalyzerStackConfigureResponse{}, nil
}

// GetAnalyzerInfo learns from the pack's answer whether there is anything to remediate.
func (proxy *analyzerProxy) GetAnalyzerInfo(
	ctx context.Context, request *emptypb.Empty,
) (*pulumirpc.AnalyzerInfo, error) {
	pack, err := proxy.attached(ctx)
	if err != nil {
		return nil, err
	}
	info, err := pulumirpc.NewAnalyzerClient(pack).GetAnalyzerInfo(ctx, request)
	if err != nil {
		return nil, err
	}
	proxy.declared.Store(slices.ContainsFunc(info.GetPolicies(), func(policy *pulumirpc.PolicyInfo) bool {
		return policy.GetEnforcementLevel() == pulumirpc.EnforcementLevel_REMEDIATE
	}))
	return info, nil
}

// Configure may raise a policy to one that remediates.
func (proxy *analyzerProxy) Configure(
	ctx context.Context, request *pulumirpc.ConfigureAnalyzerRequest,
) (*emptypb.Empty, error) {
	pack, err := proxy.attached(ctx)
	if err != nil {
		return nil, err
	}
	for _, policy := range request.GetPolicyConfig() {
		if policy.GetEnforcementLevel() == pulumirpc.EnforcementLevel_REMEDIATE {
			proxy.configured.Store(true)
		}
	}
	return pulumirpc.NewAnalyzerClient(pack).Configure(ctx, request)
}
