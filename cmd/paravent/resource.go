package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/schedule"
)

type resourceCmds struct {
	List   resourceListCmd   `cmd:"" help:"List the rooms, people and things that hearings take."`
	Put    resourcePutCmd    `cmd:"" help:"Enter rooms, people and things from a JSON file, or change them."`
	Remove resourceRemoveCmd `cmd:"" help:"Take one out of the docket."`
}

type resourceListCmd struct{ vaultFlags }

func (r resourceListCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Resources(ctx)
		if err != nil {
			return err
		}
		var words strings.Builder
		for _, x := range list {
			fmt.Fprintf(&words, "%s  %-24s %s\n", x.ID, schedule.KindWord(x.Kind, policy.English), x.Name)
		}
		if len(list) == 0 {
			words.WriteString("There are none yet. Enter them with 'paravent resource put'.\n")
			list = []schedule.Resource{}
		}
		return c.print(list, words.String())
	})
}

type resourcePutCmd struct {
	vaultFlags
	File string `arg:"" help:"A JSON file with one resource or a list of them; - reads standard input. One with an id is changed, one without is new." placeholder:"FILE.json"`
}

func (r resourcePutCmd) Run(ctx context.Context, c *console) error {
	list, err := r.read(c)
	if err != nil {
		return err
	}
	return r.with(ctx, c, func(d *docket.Desk) error {
		var words strings.Builder
		for i, x := range list {
			put, err := d.PutResource(ctx, x)
			if err != nil {
				return fmt.Errorf("resource %d of %d, the ones before are entered: %w", i+1, len(list), err)
			}
			list[i] = put
			fmt.Fprintf(&words, "%s is %s.\n", put.Name, put.ID)
		}
		return c.print(list, words.String())
	})
}

// maxResources is the greatest length in bytes of a file of resources.
const maxResources = 4 << 20

func (r resourcePutCmd) read(c *console) ([]schedule.Resource, error) {
	in := c.in
	if r.File != "-" {
		f, err := os.Open(r.File)
		if err != nil {
			return nil, fmt.Errorf("open the resources: %w", err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxResources+1))
	if err != nil {
		return nil, fmt.Errorf("read the resources: %w", err)
	}
	if len(text) > maxResources {
		return nil, fmt.Errorf("%w: a file of resources has at most %d bytes", docket.ErrInvalid, maxResources)
	}
	strict := func(into any) error {
		dec := json.NewDecoder(strings.NewReader(string(text)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(into); err != nil {
			return fmt.Errorf("%w: %w", docket.ErrInvalid, err)
		}
		return nil
	}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "[") {
		var list []schedule.Resource
		return list, strict(&list)
	}
	var one schedule.Resource
	err = strict(&one)
	return []schedule.Resource{one}, err
}

type resourceRemoveCmd struct {
	vaultFlags
	Resource string `arg:"" help:"Its id or its name."`
}

func (r resourceRemoveCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(d *docket.Desk) error {
		id, err := findResource(ctx, d, r.Resource)
		if err != nil {
			return err
		}
		if err := d.RemoveResource(ctx, id); err != nil {
			return err
		}
		return c.print(map[string]string{"removed": string(id)}, "Removed.\n")
	})
}

// findResource looks a resource up by its id, or by a name that only one has.
func findResource(ctx context.Context, d *docket.Desk, typed string) (testimony.ResourceID, error) {
	list, err := d.Resources(ctx)
	if err != nil {
		return "", err
	}
	var found []schedule.Resource
	for _, r := range list {
		if string(r.ID) == typed {
			return r.ID, nil
		}
		if strings.EqualFold(r.Name, typed) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 1:
		return found[0].ID, nil
	case 0:
		return "", fmt.Errorf("the resource %q: %w", typed, docket.ErrNotFound)
	}
	return "", fmt.Errorf("%d resources are called %q; use the id: %w", len(found), typed, docket.ErrNotFound)
}
