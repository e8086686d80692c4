// The naming package of etcd's own client, and grpc-go that finds servers by it.
//
//	naming list ETCD SERVICE                  what the package finds of a service, a JSON object a line
//	naming add ETCD SERVICE ADDRESS METADATA  adds a server, with metadata as JSON
//	naming delete ETCD SERVICE ADDRESS        removes it
//	naming load JOBS PREFIX RETRIES TARGET [ETCD]
//	                                          so many callers at once, each without a pause, until standard input ends
//
// The calls of load have names: the prefix and a number; each is made so often again. It prints who a server is when it answers first, and in the end how
// many calls there were and how many failed, then why.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/naming/endpoints"
	"go.etcd.io/etcd/client/v3/naming/resolver"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const patience = 30 * time.Second

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func etcd(member string) *clientv3.Client {
	return must(clientv3.New(clientv3.Config{Endpoints: []string{member}, DialTimeout: patience}))
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if os.Args[1] == "load" {
		load(must(strconv.Atoi(os.Args[2])), os.Args[3], must(strconv.Atoi(os.Args[4])), os.Args[5], os.Args[6:])
		return
	}
	service := os.Args[3]
	manager := must(endpoints.NewManager(etcd(os.Args[2]), service))
	switch os.Args[1] {
	case "list":
		found := must(manager.List(ctx))
		keys := make([]string, 0, len(found))
		for key := range found {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			fmt.Printf("%s %s\n", key, must(json.Marshal(found[key])))
		}
	case "add":
		endpoint := endpoints.Endpoint{Addr: os.Args[4]}
		must(0, json.Unmarshal([]byte(os.Args[5]), &endpoint.Metadata))
		must(0, manager.AddEndpoint(ctx, service+"/"+endpoint.Addr, endpoint))
	case "delete":
		must(0, manager.DeleteEndpoint(ctx, service+"/"+os.Args[4]))
	}
}

func load(jobs int, prefix string, retries int, target string, members []string) {
	config := map[string]any{"loadBalancingConfig": []any{map[string]any{"round_robin": map[string]any{}}}}
	if retries > 0 {
		config["methodConfig"] = []any{map[string]any{"name": []any{map[string]any{}}, "retryPolicy": map[string]any{
			"maxAttempts": retries + 1, "initialBackoff": "0.01s", "maxBackoff": "0.1s", "backoffMultiplier": 2,
			"retryableStatusCodes": []string{"UNAVAILABLE"},
		}}}
	}
	pauses := backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 200 * time.Millisecond}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(string(must(json.Marshal(config)))),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: pauses, MinConnectTimeout: patience}),
	}
	for _, member := range members {
		options = append(options, grpc.WithResolvers(must(resolver.NewBuilder(etcd(member)))))
	}
	connection := must(grpc.NewClient(target, options...))
	var lock sync.Mutex
	var over atomic.Bool
	var calls atomic.Int64
	var failures []string
	seen := map[string]bool{}
	call := func() {
		name := fmt.Sprint(prefix, calls.Add(1))
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		// On the wire HelloRequest and HelloReply are what a StringValue is.
		var reply wrapperspb.StringValue
		err := connection.Invoke(ctx, "/greeter.Greeter/SayHello", wrapperspb.String(name), &reply)
		server, answered, _ := strings.Cut(reply.GetValue(), " ")
		if err == nil && answered != name {
			err = fmt.Errorf("the answer to %q", answered)
		}
		lock.Lock()
		defer lock.Unlock()
		if err != nil {
			failures = append(failures, fmt.Sprintf("%s: %v", name, err))
		} else if !seen[server] {
			seen[server] = true
			fmt.Println(server)
		}
	}
	var callers sync.WaitGroup
	for range jobs {
		callers.Go(func() {
			for !over.Load() {
				call()
			}
		})
	}
	must(io.Copy(io.Discard, os.Stdin))
	over.Store(true)
	callers.Wait()
	fmt.Println(calls.Load(), len(failures))
	for _, failure := range failures[:min(5, len(failures))] {
		fmt.Println(failure)
	}
}
