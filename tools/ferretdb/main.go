// FerretDB v1 on SQLite, as the MongoDB that the tests run against.
//
//	ferretdb FOLDER PORT
//
// Its data is in the folder, and survives the end of the program but not that of the machine.
//
// FerretDB reads a document, changes
// it and writes it back, without a lock: two that change one document at once may both succeed.
// MongoDB promises that this does not happen, and our adapter builds on that promise. So one
// command is let in after the other here.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 3 {
		fail(errors.New("usage: ferretdb FOLDER PORT"))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1], os.Args[2]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func run(ctx context.Context, folder, port string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	socket := filepath.Join(folder, "socket")
	// One that was killed leaves it behind.
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
		Listener:  ferretdb.ListenerConfig{Unix: socket},
		Handler:   "sqlite",
		SQLiteURL: "file:" + folder + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	go accept(listener, socket)
	fmt.Println("listens on", listener.Addr())
	return server.Run(ctx)
}

func accept(listener net.Listener, socket string) {
	var turn sync.Mutex
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer client.Close()
			server, err := net.Dial("unix", socket)
			if err != nil {
				return
			}
			defer server.Close()
			for exchange(client, server, &turn) == nil {
			}
		}()
	}
}

// exchange passes one command on and its answer back. Every command has an answer, since no
// driver asks FerretDB for unacknowledged writes or for a stream of answers.
func exchange(client, server net.Conn, turn *sync.Mutex) error {
	command, err := message(client)
	if err != nil {
		return err
	}
	turn.Lock()
	answer, err := func() ([]byte, error) {
		defer turn.Unlock()
		if _, err := server.Write(command); err != nil {
			return nil, err
		}
		return message(server)
	}()
	if err != nil {
		return err
	}
	_, err = client.Write(answer)
	return err
}

// message reads one message of the wire protocol, which begins with its length.
func message(from io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(length[:])
	if size < 16 || size > 48_000_000+16_384 {
		return nil, fmt.Errorf("a message of %d bytes", size)
	}
	whole := make([]byte, size)
	copy(whole, length[:])
	_, err := io.ReadFull(from, whole[4:])
	return whole, err
}
