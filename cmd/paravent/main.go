// Command paravent is the desktop of a court that hears protected witnesses, and its command line.
//
// Without a command it opens the window. Every command takes --json; a passphrase comes from --passphrase-file or from a
// prompt, never from an argument. Exit codes are listed in exit.go and in docs/command-line.md.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"paravent/protection/identity"
)

// version is set by the build.
var version = "0.1.0"

type commands struct {
	JSON bool `help:"Print JSON instead of words." name:"json"`

	Desktop    desktopCmd     `cmd:"" default:"withargs" help:"Open the desktop window (the default)."`
	Demo       demoCmd        `cmd:"" help:"Open the desktop on a training vault with an invented case."`
	Vault      vaultCmds      `cmd:"" help:"Create and check a vault."`
	Audit      auditCmds      `cmd:"" help:"The audit log: its head, its check, proofs and exports."`
	User       userCmds       `cmd:"" help:"Users of a vault."`
	Kit        kitCmds        `cmd:"" help:"Recovery kits: sheets of paper that let in who forgot their passphrase."`
	Team       teamCmds       `cmd:"" help:"Teams, for whom cases are kept apart from the docket."`
	Docket     docketCmds     `cmd:"" help:"Carry cases, parties, orders and hearings in and out."`
	Schedule   scheduleCmds   `cmd:"" help:"When hearings are, what stands against them, and when they can be."`
	Calendar   calendarCmds   `cmd:"" help:"Hearings for calendar programs."`
	Resource   resourceCmds   `cmd:"" help:"Rooms, people and things that hearings take."`
	Order      orderCmds      `cmd:"" help:"What the orders in force mean."`
	Measure    measureCmds    `cmd:"" help:"The court's catalogue of measures: what there is, and its changes by two people."`
	Paper      paperCmds      `cmd:"" help:"Papers as PDF, in English or French: orders, notices, minutes."`
	Care       careCmds       `cmd:"" help:"A person's care: interview, status, consent, risk, needs, preparation, protection, return."`
	Erasure    erasureCmds    `cmd:"" help:"Destroy a sealed identity: two colleges sign, and a certificate says what was destroyed and what remains."`
	Disclosure disclosureCmds `cmd:"" help:"Disclose a true identity: two colleges, one receiver, until a date."`
	Conflict   conflictCmds   `cmd:"" help:"Conflicts of interest, which keep people out of a disclosure."`
	Timestamps timestampsCmds `cmd:"" help:"The authority outside the court that stamps when recordings were sealed."`
	Relay      relayCmds      `cmd:"" help:"How guests from elsewhere reach a courtroom: the court's relay."`
	Broadcast  broadcastCmds  `cmd:"" help:"The media server that hands the public's broadcast on to a large public."`
	Invite     inviteCmds     `cmd:"" help:"Invitations to a hearing, to be handed over before the day."`
	Join       joinCmd        `cmd:"" help:"Join a hearing by its link, with a window, from a machine that has no vault."`
	Host       hostCmd        `cmd:"" help:"Hold a hearing without a window."`
	Rehearse   rehearseCmd    `cmd:"" help:"Run a complete hearing with simulated participants on this machine."`
	Evidence   evidenceCmds   `cmd:"" help:"Recordings as evidence."`
	Exhibit    exhibitCmds    `cmd:"" help:"Exhibits: documents, pictures and recordings that were handed in, sealed, with their custody."`
	Release    releaseCmds    `cmd:"" help:"Public versions that are kept until a review: review and release by two people."`
	Statistics statisticsCmds `cmd:"" help:"Disaggregated tables from which no small group can be derived."`
	Version    versionCmd     `cmd:"" help:"Print the version."`

	Cooperation leaveCmds     `cmd:"" help:"What other States were asked, for a witness on their territory, and what they answered."`
	Reminders   remindersCmds `cmd:"" help:"Who has to be told what before and after a hearing, and by when."`
	Rules       rulesCmds     `cmd:"" help:"The ground rules of a hearing: topics, advice, and questions that a judge approves."`
	Readiness   readinessCmds `cmd:"" help:"Whether the protections of a hearing are in place, and who has to act."`
}

// console is what a command reads and writes.
type console struct {
	json   bool
	in     io.Reader
	out    io.Writer
	errors io.Writer
	log    *slog.Logger
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	quiet()
	var c commands
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("paravent"),
		kong.Vars{"fields": joinFields(identity.AllFields), "kinds": joinKinds()},
		kong.Description("Protected testimony: a witness is heard without being found, seen or broken by it."),
		kong.UsageOnError(),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }),
	)
	if err != nil {
		fmt.Fprintln(errOut, "paravent:", err)
		return exitFailure
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // help was printed
	}
	if err != nil {
		return (&console{json: askedForJSON(args), errors: errOut}).fail(usageError{err.Error() + "\nRun 'paravent --help' for the commands."})
	}
	cons := &console{json: c.JSON, in: in, out: out, errors: errOut,
		log: slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(cons); err != nil {
		return cons.fail(err)
	}
	return exitOK
}

// quiet keeps memory where it is: a crash writes none of it to disk, and other programs of the same user don't read it.
func quiet() {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	undumpable()
}

type versionCmd struct{}

func (versionCmd) Run(c *console) error {
	return c.print(map[string]string{"version": version}, "paravent "+version+"\n")
}
