package main

import (
	"encoding/json"
	"log"
	"net/http"
)

type order struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Quantity int    `json:"quantity"`
}

var orders = []order{
	{"2026-0107", "Bäckerei Hofmann", 12},
	{"2026-0108", "Café Central", 40},
}

// newHandler makes the routes: GET /orders, for whoever may read orders, and DELETE /orders, for
// whoever may cancel them.
func newHandler(v verifier, d *decider) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", require(v, d, "order.read", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string][]order{"orders": orders})
	}))
	mux.HandleFunc("DELETE /orders", require(v, d, "order.cancel", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
	return mux
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Printf("answer not written: %v", err)
	}
}
