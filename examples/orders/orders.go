package main

import (
	"encoding/json"
	"log"
	"net/http"
)

type order struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Item     string `json:"item"`
	Quantity int    `json:"quantity"`
	// Cents of a euro.
	TotalCents int `json:"total_cents"`
}

var orders = []order{
	{"2026-0107", "Bäckerei Hofmann", "Rye flour, 25 kg", 12, 38_280},
	{"2026-0108", "Café Central", "Espresso beans, 1 kg", 40, 75_600},
	{"2026-0109", "Smith & Sons <Ltd>", "Vanilla, 100 pods", 2, 23_980},
}

// newHandler makes the routes: GET /orders, for whoever may read orders.
func newHandler(v verifier, tenant string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", require(v, tenant, "order.read", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string][]order{"orders": orders})
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
