package tsa_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"paravent/testimony/stamp"
	"paravent/testimony/stamp/stamptest"
	"paravent/testimony/stamp/tsa"
)

func TestAnAuthorityIsAsked(t *testing.T) {
	t.Parallel()
	a := stamptest.New(t)
	q := stamp.Question{Nonce: [stamp.NonceSize]byte{1}}
	request, err := q.Request()
	if err != nil {
		t.Fatal(err)
	}
	response, err := tsa.Ask(t.Context(), a.Serve(t), request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (stamp.Authority{Roots: a.Roots}).Answer(response, q); err != nil {
		t.Error(err)
	}
}

// What is too long, refused, sent elsewhere or never comes is no answer.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	elsewhere := stamptest.New(t).Serve(t)
	for name, h := range map[string]http.HandlerFunc{
		"too long": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, stamp.MaxResponse+1)) },
		"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"a redirection": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		},
		"a broken answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("half"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(h)
			defer s.Close()
			if _, err := tsa.Ask(t.Context(), s.URL, nil); !errors.Is(err, tsa.ErrNoAnswer) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A server that takes the request and says nothing is left when there is no more time.
func TestASlowAuthorityIsLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer s.Close()
	if _, err := tsa.Ask(ctx, s.URL, nil); !errors.Is(err, tsa.ErrNoAnswer) {
		t.Errorf("got %v", err)
	}
}
