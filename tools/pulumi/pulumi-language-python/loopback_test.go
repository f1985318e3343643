package main

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// serves starts a server that ends with the test, and returns its port.
func serves(t *testing.T, register func(*grpc.Server)) int {
	t.Helper()
	cancel := make(chan bool)
	t.Cleanup(func() { close(cancel) })
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: cancel, Init: func(server *grpc.Server) error {
		register(server)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return server.Port
}

// connected is a connection to a port that ends with the test.
func connected(t *testing.T, port int) *grpc.ClientConn {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", port)
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}
