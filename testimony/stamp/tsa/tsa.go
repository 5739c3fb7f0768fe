// Package tsa asks a time-stamping authority over HTTP (RFC 3161 §3.4). What it answers is checked by testimony/stamp and nowhere here.
package tsa

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"paravent/testimony/stamp"
)

// Wait is how long an authority is waited for.
const Wait = 10 * time.Second

// ErrNoAnswer says that an authority gave no answer that could be checked: it is not reached, is slow, or answers with something else.
var ErrNoAnswer = errors.New("the timestamp authority does not answer")

// Ask sends a request to an authority's address and returns the response as it came, of [stamp.MaxResponse] at most. It follows no redirection and names neither the
// program nor the court.
func Ask(ctx context.Context, address string, request []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, Wait)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(request))
	if err != nil {
		return nil, ErrNoAnswer
	}
	q.Header.Set("Content-Type", "application/timestamp-query")
	q.Header.Set("User-Agent", "")
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	c := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := c.Do(q)
	if err != nil {
		return nil, fmt.Errorf("%w: it is not reached", ErrNoAnswer)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: it says %d", ErrNoAnswer, r.StatusCode)
	}
	response, err := io.ReadAll(io.LimitReader(r.Body, stamp.MaxResponse+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: it stopped half-way", ErrNoAnswer)
	case len(response) > stamp.MaxResponse:
		return nil, fmt.Errorf("%w: it says too much", ErrNoAnswer)
	}
	return response, nil
}
