// Command opa-orders is a microservice that verifies access tokens by itself and has OPA decide what
// they allow, by the roles in the tenant's bundle.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal("opa-orders: ", err)
	}
}

func run(ctx context.Context) error {
	s, err := readSettings()
	if err != nil {
		return err
	}
	address := os.Getenv("OPA_ORDERS_ADDR")
	if address == "" {
		address = "127.0.0.1:3002"
	}
	decider, err := newDecider(ctx, s)
	if err != nil {
		return err
	}
	defer decider.stop()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w: set OPA_ORDERS_ADDR to listen elsewhere", err)
	}
	server := &http.Server{
		Handler:           newHandler(newVerifier(ctx, s), decider),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
	}
	go func() {
		<-ctx.Done()
		patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(patience); err != nil {
			log.Print("opa-orders: ", err)
		}
	}()
	fmt.Printf("opa-orders: http://%s/orders, for tokens of %s\n", listener.Addr(), s.Issuer)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
