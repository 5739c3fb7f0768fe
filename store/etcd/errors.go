package etcd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"paravent/store"
)

// refusals are the answers after which a transaction was certainly not applied, as package store says them.
var refusals = []struct{ is, as error }{
	{rpctypes.ErrNoSpace, store.ErrDiskFull},
	{rpctypes.ErrTooManyOps, store.ErrTooLarge},
	{rpctypes.ErrRequestTooLarge, store.ErrTooLarge},
	{rpctypes.ErrPermissionDenied, store.ErrRefused},
	{rpctypes.ErrUserEmpty, store.ErrRefused},
	{rpctypes.ErrInvalidAuthToken, store.ErrRefused},
	{rpctypes.ErrAuthFailed, store.ErrRefused},
	{rpctypes.ErrCorrupt, store.ErrDamaged},
}

// refusal reports whether an error is the cluster's own word that nothing was done.
func refusal(err error) bool {
	for _, r := range refusals {
		if errors.Is(err, r.is) {
			return true
		}
	}
	return strings.Contains(status.Convert(err).Message(), "message larger than max")
}

// mapError says an error of the cluster in the words of package store. Whatever is no refusal means that the
// cluster can't be worked with now.
func mapError(err error) error {
	for _, r := range refusals {
		if errors.Is(err, r.is) {
			return fmt.Errorf("%w: %w", r.as, err)
		}
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "message larger than max"):
		return fmt.Errorf("%w: %w", store.ErrTooLarge, err)
	case strings.Contains(text, "authentication handshake failed"), strings.Contains(text, "tls: "):
		return fmt.Errorf("%w: %w", store.ErrRefused, err)
	case errors.Is(err, context.Canceled), status.Code(err) == codes.Canceled:
		return err
	}
	return fmt.Errorf("%w: %w", store.ErrCutOff, err)
}
