// Command paravent-relay stands in a court's outer network and brings its desks and their guests together, where both can only
// dial out. It serves the join page, the rendezvous and TURN; it sees ciphertext alone and writes no address down.
// docs/relay.md says how to set it up.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the build.
var version = "0.1.0"

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

type commands struct {
	Serve       serveCmd       `cmd:"" help:"Serve, until a signal to end."`
	Court       courtCmd       `cmd:"" help:"Take a court in, and write the file that its desk reads."`
	Drop        dropCmd        `cmd:"" help:"Take a court out. The relay forgets its key."`
	Check       checkCmd       `cmd:"" help:"Read the configuration and say what is wrong with it."`
	Certificate certificateCmd `cmd:"" help:"Make a certificate of its own, for rehearsals and closed networks."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// console is what a command writes to.
type console struct{ out, errors io.Writer }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) // a crash writes no key to disk
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("paravent-relay"), kong.UsageOnError(), kong.Writers(out, errOut),
		kong.Description("The relay between a court and those who are heard from afar."), kong.Exit(func(code int) { exited = code }))
	if err != nil {
		fmt.Fprintln(errOut, "paravent-relay:", err)
		return exitFailure
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // help was printed
	}
	if err != nil {
		fmt.Fprintln(errOut, "paravent-relay:", err)
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&console{out, errOut}); err != nil {
		fmt.Fprintln(errOut, "paravent-relay:", err)
		return exitFailure
	}
	return exitOK
}

type versionCmd struct{}

func (versionCmd) Run(c *console) error {
	_, err := fmt.Fprintln(c.out, "paravent-relay", version)
	return err
}
