package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"paravent/store"
	"paravent/testimony/docket"
)

type userAskCmd struct {
	NewLogin string `arg:"" help:"The login you would like." placeholder:"LOGIN"`
	Role     string `help:"Your office: ${enum}." enum:"judge,registrar,clerk,advocate,auditor" required:""`
	Name     string `help:"Your name as the desk shows it."`
	placeFlags
	Invitation        string `help:"Ask by an invitation instead of a vault, from another machine; with --out." type:"path" placeholder:"FILE"`
	Out               string `help:"Write the request to this new file, to be carried to the desk, instead of leaving it in the vault." type:"path" placeholder:"FILE.enrolment"`
	Language          string `help:"The language of the words to compare: ${enum}." enum:"en,fr" default:"en"`
	NewPassphraseFile string `help:"Read your passphrase from this file." type:"path" placeholder:"FILE"`
}

func (u userAskCmd) Run(ctx context.Context, c *console) error {
	if u.Invitation != "" && u.Out == "" {
		return usageError{"With --invitation, the request goes to a file: name it with --out."}
	}
	path := ""
	if u.Invitation == "" {
		var err error
		if path, err = u.existing(); err != nil {
			return err
		}
	}
	passphrase, err := newPassphrase(c, u.NewPassphraseFile)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	nu := store.NewUser{Login: u.NewLogin, DisplayName: u.Name, Role: store.Role(u.Role), Passphrase: passphrase}
	if nu.DisplayName == "" {
		nu.DisplayName = u.NewLogin
	}
	a, err := u.ask(ctx, path, nu)
	if err != nil {
		return err
	}
	words := fmt.Sprintf("Your words: %s\nRead them to whoever admits you, in person or by telephone; they compare them with the ones on their desk.\n", strings.Join(a.Words, " "))
	if u.Out != "" {
		words += fmt.Sprintf("Carry %s to a desk of the vault.", u.Out)
	} else {
		words += "The request waits in the vault."
	}
	words += fmt.Sprintf(" It can be admitted until %s. Your passphrase is known to nobody but you.\n", a.Until.Local().Format("2006-01-02 15:04"))
	return c.print(map[string]any{"login": a.Login, "role": a.Role, "until": a.Until.Format(time.RFC3339), "words": a.Words, "file": u.Out}, words)
}

func (u userAskCmd) ask(ctx context.Context, path string, nu store.NewUser) (docket.Applicant, error) {
	if u.Out == "" {
		return docket.Ask(ctx, path, nu, u.Language, docket.Standard())
	}
	var in store.Invitation
	var err error
	if u.Invitation != "" {
		in, err = docket.ReadInvitation(u.Invitation)
	} else {
		in, err = docket.InvitationOf(ctx, path, docket.Standard())
	}
	if err != nil {
		return docket.Applicant{}, err
	}
	return docket.AskByFile(ctx, in, nu, u.Language, u.Out, docket.Standard())
}

type userInviteCmd struct {
	vaultFlags
	Out string `arg:"" help:"The new file, to be given to whoever is to ask from another machine." type:"path" placeholder:"FILE.invitation"`
}

func (u userInviteCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		if err := d.WriteInvitation(ctx, u.Out); err != nil {
			return err
		}
		return c.print(map[string]string{"file": u.Out}, fmt.Sprintf("Wrote %s. Nothing in it is secret: with it, 'paravent user ask --invitation' makes keys on another machine.\n", u.Out))
	})
}

// applicantLine is a request as a script reads it. The first and the last word are left out: they come from whoever asked.
func applicantLine(a docket.Applicant) map[string]any {
	if a.Fault != nil {
		return map[string]any{"request": a.Handle, "error": a.Fault.Error()}
	}
	return map[string]any{"request": a.Handle, "login": a.Login, "name": a.Name, "role": a.Role, "asked": a.Asked.Format(time.RFC3339),
		"until": a.Until.Format(time.RFC3339), "words": a.Shown()}
}

func applicantWords(a docket.Applicant) string {
	if a.Fault != nil {
		return fmt.Sprintf("%s\n  cannot be read: %v. Refuse it; whoever left it asks again.\n", a.Handle, a.Fault)
	}
	return fmt.Sprintf("%s %s (%s), asks to be %s\n  words: %s\n  until %s\n", a.Handle, a.Login, a.Name, a.Role, strings.Join(a.Shown(), " "), a.Until.Local().Format("2006-01-02 15:04"))
}

type userWaitingCmd struct {
	vaultFlags
	File string `arg:"" optional:"" help:"Show the request in this file instead." type:"path" placeholder:"FILE.enrolment"`
}

func (u userWaitingCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		list, err := u.list(ctx, d)
		if err != nil {
			return err
		}
		lines, words := []map[string]any{}, ""
		for _, a := range list {
			lines = append(lines, applicantLine(a))
			words += applicantWords(a)
		}
		if len(list) == 0 {
			words = "Nobody waits to be enrolled.\n"
		}
		return c.print(lines, words)
	})
}

func (u userWaitingCmd) list(ctx context.Context, d *docket.Desk) ([]docket.Applicant, error) {
	if u.File == "" {
		return d.Applicants(ctx)
	}
	a, err := d.ReadApplicant(ctx, u.File)
	return []docket.Applicant{a}, err
}

type userAdmitCmd struct {
	vaultFlags
	Request string `arg:"" help:"The request, its login, or the file it is in."`
	First   string `help:"The first of the words, as the applicant reads it out." required:""`
	Last    string `help:"The last of the words, as the applicant reads it out." required:""`
}

func (u userAdmitCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		a, err := findApplicant(ctx, d, u.Request)
		if err != nil {
			return err
		}
		user, err := d.AdmitApplicant(ctx, a, u.First, u.Last)
		if err != nil {
			return err
		}
		return c.print(userLine(user), fmt.Sprintf("Enrolled %s (%s).\n", user.Login, user.Role))
	})
}

// findApplicant finds a request that waits by its handle or its login, or reads the file of that name.
func findApplicant(ctx context.Context, d *docket.Desk, name string) (docket.Applicant, error) {
	list, err := d.Applicants(ctx)
	if err != nil {
		return docket.Applicant{}, err
	}
	for _, a := range list {
		if a.Handle == name || a.Fault == nil && a.Login == strings.ToLower(name) {
			return a, nil
		}
	}
	if docket.Exists(name) {
		return d.ReadApplicant(ctx, name)
	}
	return docket.Applicant{}, fmt.Errorf("no request %q waits, and there is no file of that name: %w", name, docket.ErrNotFound)
}

type userRefuseCmd struct {
	vaultFlags
	Request string `arg:"" help:"The request that waits, or its login."`
}

func (u userRefuseCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		a, err := findApplicant(ctx, d, u.Request)
		if err != nil {
			return err
		}
		if a.Handle == "" {
			return usageError{"A request in a file is refused by not admitting it."}
		}
		if err := d.RefuseApplicant(ctx, a.Handle); err != nil {
			return err
		}
		return c.print(map[string]string{"request": a.Handle, "state": "refused"}, "The request is gone. Whoever left it may ask again.\n")
	})
}
