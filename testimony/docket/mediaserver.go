package docket

import (
	"context"
	"errors"

	"paravent/media/whip/endpoint"
	"paravent/store"
	"paravent/testimony"
)

// ErrNoMediaServer says that the court has named no media server.
var ErrNoMediaServer = errors.New("there is no media server")

var mediaServers = store.NewCollection[endpoint.Endpoint]("media_server")

// MediaServer returns the server that hands the public's broadcast on to a large public, for whoever holds hearings or decides on it; [ErrNoMediaServer] where none was named.
func (d *Desk) MediaServer(ctx context.Context) (endpoint.Endpoint, error) {
	if !d.May(testimony.ActHoldHearing) && !d.May(testimony.ActSetReach) {
		return endpoint.Endpoint{}, ErrNotAllowed
	}
	t, err := read(ctx, d, mediaServers, docketPart, "server")
	if errors.Is(err, ErrNotFound) {
		err = ErrNoMediaServer
	}
	return t, err
}

// SetMediaServer names the server. The zero value ends it. A broadcast that runs is not touched.
func (d *Desk) SetMediaServer(ctx context.Context, t endpoint.Endpoint) error {
	if !d.May(testimony.ActSetReach) {
		return ErrNotAllowed
	}
	off := t == endpoint.Endpoint{}
	if !off {
		if err := t.Check(); err != nil {
			return err
		}
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		if off {
			tx.Log("reach.server_ended", nil)
			return ignoreMissing(mediaServers.Delete(tx, docketPart, "server"))
		}
		tx.Log("reach.server_set", nil)
		return mediaServers.Put(tx, docketPart, "server", t)
	})
}
