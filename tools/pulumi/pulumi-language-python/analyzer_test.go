package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// somePack stands for a policy pack: it has one policy and writes down what it is asked.
type somePack struct {
	pulumirpc.UnimplementedAnalyzerServer
	level     pulumirpc.EnforcementLevel
	analyzed  *pulumirpc.AnalyzeRequest
	asked     int
	stackTags map[string]string
}

func (pack *somePack) ConfigureStack(
	_ context.Context, request *pulumirpc.AnalyzerStackConfigureRequest,
) (*pulumirpc.AnalyzerStackConfigureResponse, error) {
	pack.stackTags = request.GetTags()
	return &pulumirpc.AnalyzerStackConfigureResponse{}, nil
}

func (pack *somePack) GetAnalyzerInfo(context.Context, *emptypb.Empty) (*pulumirpc.AnalyzerInfo, error) {
	policies := []*pulumirpc.PolicyInfo{{Name: "first"}, {Name: "second", EnforcementLevel: pack.level}}
	return &pulumirpc.AnalyzerInfo{Name: "some pack", Policies: policies}, nil
}

func (pack *somePack) Configure(context.Context, *pulumirpc.ConfigureAnalyzerRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (pack *somePack) Analyze(
	_ context.Context, request *pulumirpc.AnalyzeRequest,
) (*pulumirpc.AnalyzeResponse, error) {
	pack.analyzed = request
	found := &pulumirpc.AnalyzeDiagnostic{PolicyName: "second", Message: "ü", Urn: request.GetUrn()}
	return &pulumirpc.AnalyzeResponse{Diagnostics: []*pulumirpc.AnalyzeDiagnostic{found}}, nil
}

func (pack *somePack) AnalyzeStack(
	context.Context, *pulumirpc.AnalyzeStackRequest,
) (*pulumirpc.AnalyzeResponse, error) {
	return nil, status.Error(codes.InvalidArgument, "no such stack")
}

func (pack *somePack) Remediate(
	context.Context, *pulumirpc.AnalyzeRequest,
) (*pulumirpc.RemediateResponse, error) {
	pack.asked++
	return &pulumirpc.RemediateResponse{Remediations: []*pulumirpc.Remediation{{PolicyName: "second"}}}, nil
}

// olderPack is of a library from before the call ConfigureStack.
type olderPack struct{ somePack }

func (pack *olderPack) ConfigureStack(
	ctx context.Context, request *pulumirpc.AnalyzerStackConfigureRequest,
) (*pulumirpc.AnalyzerStackConfigureResponse, error) {
	return pack.UnimplementedAnalyzerServer.ConfigureStack(ctx, request)
}

// served starts a pack's server that ends with the test, and returns its port.
func served(t *testing.T, pack pulumirpc.AnalyzerServer) int {
	t.Helper()
	return serves(t, func(server *grpc.Server) { pulumirpc.RegisterAnalyzerServer(server, pack) })
}

// engineOf is the engine's side of a proxy before a pack that prints a text.
func engineOf(t *testing.T, printed io.Reader, stdout io.Writer) pulumirpc.AnalyzerClient {
	t.Helper()
	proxy, err := serveAnalyzer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	engine := pulumirpc.NewAnalyzerClient(connected(t, proxy.port))
	stack := &pulumirpc.AnalyzerStackConfigureRequest{Stack: "dev", Tags: map[string]string{"owner": "platform"}}
	if _, err := engine.ConfigureStack(t.Context(), stack); err != nil {
		t.Fatal(err)
	}
	told, err := proxy.stack.Promise().Result(t.Context())
	if err != nil || told.GetStack() != "dev" {
		t.Fatalf("the start of the pack was told %v (%v)", told, err)
	}
	go proxy.attach(t.Context(), printed, stdout)
	return engine
}

func engineBefore(t *testing.T, pack pulumirpc.AnalyzerServer) pulumirpc.AnalyzerClient {
	t.Helper()
	return engineOf(t, strings.NewReader(fmt.Sprintf("%d\n", served(t, pack))), io.Discard)
}

func TestAPackIsAskedAsTheEngineAsksAndAnswersTheEngine(t *testing.T) {
	pack := &somePack{}
	engine := engineBefore(t, pack)
	properties, err := structpb.NewStruct(map[string]any{"name": "ü", "tags": map[string]any{"n": 1.5}, "none": nil})
	if err != nil {
		t.Fatal(err)
	}
	request := &pulumirpc.AnalyzeRequest{Urn: "urn:pulumi:dev", Type: "a:b:C", Properties: properties}
	response, err := engine.Analyze(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(pack.analyzed, request) {
		t.Errorf("the pack was asked %v, the engine asked %v", pack.analyzed, request)
	}
	wanted, _ := pack.Analyze(t.Context(), request)
	if !proto.Equal(response, wanted) {
		t.Errorf("the engine was answered %v, the pack answered %v", response, wanted)
	}
	if pack.stackTags["owner"] != "platform" {
		t.Errorf("the pack was told the tags %v", pack.stackTags)
	}
}

func TestAPacksErrorReachesTheEngineAsItIs(t *testing.T) {
	_, err := engineBefore(t, &somePack{}).AnalyzeStack(t.Context(), &pulumirpc.AnalyzeStackRequest{})
	if status.Code(err) != codes.InvalidArgument || status.Convert(err).Message() != "no such stack" {
		t.Errorf("the error is %v", err)
	}
}

func TestAPackIsAskedToRemediateWhenItCan(t *testing.T) {
	remediate, advisory := pulumirpc.EnforcementLevel_REMEDIATE, pulumirpc.EnforcementLevel_ADVISORY
	for name, test := range map[string]struct {
		declared   pulumirpc.EnforcementLevel
		configured pulumirpc.EnforcementLevel
		calls      []string
		asked      int
	}{
		"as declared":        {declared: remediate, configured: advisory, calls: []string{"describe", "configure"}, asked: 1},
		"as configured":      {declared: advisory, configured: remediate, calls: []string{"describe", "configure"}, asked: 1},
		"as configured once": {declared: advisory, configured: remediate, calls: []string{"configure", "describe"}, asked: 1},
		"before it has said": {declared: advisory, configured: advisory, calls: []string{"configure"}, asked: 1},
		"not at all":         {declared: advisory, configured: advisory, calls: []string{"describe", "configure"}, asked: 0},
	} {
		t.Run(name, func(t *testing.T) {
			pack := &somePack{level: test.declared}
			engine := engineBefore(t, pack)
			configured := map[string]*pulumirpc.PolicyConfig{"second": {EnforcementLevel: test.configured}}
			for _, call := range test.calls {
				if call == "describe" {
					info, err := engine.GetAnalyzerInfo(t.Context(), &emptypb.Empty{})
					if err != nil || info.GetName() != "some pack" || len(info.GetPolicies()) != 2 {
						t.Fatalf("the pack describes itself as %v (%v)", info, err)
					}
					continue
				}
				request := &pulumirpc.ConfigureAnalyzerRequest{PolicyConfig: configured}
				if _, err := engine.Configure(t.Context(), request); err != nil {
					t.Fatal(err)
				}
			}
			response, err := engine.Remediate(t.Context(), &pulumirpc.AnalyzeRequest{Type: "a:b:C"})
			if err != nil {
				t.Fatal(err)
			}
			if pack.asked != test.asked || len(response.GetRemediations()) != test.asked {
				t.Errorf("asked %d times, remediated %d; wanted %d", pack.asked, len(response.GetRemediations()), test.asked)
			}
		})
	}
}

func TestAPackOfAnOlderLibraryStarts(t *testing.T) {
	if _, err := engineBefore(t, &olderPack{}).GetAnalyzerInfo(t.Context(), &emptypb.Empty{}); err != nil {
		t.Error(err)
	}
}

func TestAPackThatDoesNotStartIsSaid(t *testing.T) {
	for name, test := range map[string]struct{ printed, wanted string }{
		"ends":         {printed: "", wanted: "ended before it said its port"},
		"says no port": {printed: "Traceback\n", wanted: `"Traceback\n" instead of its port`},
	} {
		t.Run(name, func(t *testing.T) {
			engine := engineOf(t, strings.NewReader(test.printed), io.Discard)
			_, err := engine.Analyze(t.Context(), &pulumirpc.AnalyzeRequest{})
			if err == nil || !strings.Contains(err.Error(), test.wanted) {
				t.Errorf("the error is %v, wanted one with %s", err, test.wanted)
			}
		})
	}
}

func TestWhatAPackPrintsLaterIsShown(t *testing.T) {
	shown, stdout := io.Pipe()
	printed := fmt.Sprintf("%d\nhello from the pack\n", served(t, &somePack{}))
	engineOf(t, strings.NewReader(printed), stdout)
	found := make([]byte, 64)
	length, err := shown.Read(found)
	if err != nil || string(found[:length]) != "hello from the pack\n" {
		t.Errorf("shown is %q (%v)", found[:length], err)
	}
}
