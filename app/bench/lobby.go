package bench

import (
	"net"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/hearing"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
)

// Lobby is the room while no courtroom is open: the hearings that can be opened.
func Lobby(h room.Host) (room.Screen, error) {
	names, err := room.ReadRegister(h.Desk())
	if err != nil {
		return room.Screen{}, err
	}
	l := hearing.Listing(i18n.T("room.bench"), i18n.T("bench.none"), func(id string) { h.OpenCourtroom(testimony.HearingID(id)) })
	for _, x := range names.Hearings {
		if x.Planned() {
			l.Lines = append(l.Lines, hearing.Line(names, x))
		}
	}
	return l.Screen(), nil
}

// defaultPort is the port that is offered for a courtroom on the court's network.
const defaultPort = "8443"

// AskReach asks from where guests are to reach the courtroom, before it is opened.
func AskReach(h room.Host, id testimony.HearingID, open func(Reach)) { askReach(h, id, false, open) }

// askReach asks it of a witness who is in this room, or elsewhere. Another answer to that draws the sheet anew, since it takes more room.
func askReach(h room.Host, id testimony.HearingID, inRoom bool, open func(Reach)) {
	address := xwidget.NewInput("192.0.2.7:" + defaultPort)
	if ip := ownAddress(); ip != "" {
		address.SetText(net.JoinHostPort(ip, defaultPort))
	}
	var s *xwidget.Sheet
	where := newWhere(h, inRoom, func(inRoom bool) {
		s.Close()
		askReach(h, id, inRoom, open)
	})
	reached := where.with(h, open)
	here := xwidget.NewButton(i18n.T("reach.here"), "", func() {
		s.Close()
		reached(Reach{})
	})
	network := xwidget.NewButton(i18n.T("reach.network"), "", func() {
		s.Close()
		reached(Reach{Listen: strings.TrimSpace(address.Text)})
	})
	address.OnSubmitted = func(string) { network.Tapped(nil) }
	first := network
	if h.Desk().Training() {
		first = here
	}
	rows := []fyne.CanvasObject{where.object, xwidget.Line(), xwidget.WrappedSmall(i18n.T("reach.network.text")), xwidget.Field(i18n.T("reach.address"), address), xwidget.Wrap(0, network), xwidget.Line(),
		xwidget.WrappedSmall(i18n.T("reach.here.text")), xwidget.Wrap(0, here)}
	if r, err := h.Desk().ReachForUse(room.Ctx()); err == nil && r.Relay.URL != "" {
		first = xwidget.NewButton(i18n.T("reach.relay"), "", func() {
			s.Close()
			reached(Reach{Relay: true})
		})
		rows = slices.Insert(rows, 2, []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("reach.relay.text", map[string]any{"Address": r.Name()})), xwidget.Wrap(0, first), xwidget.Line()}...)
	}
	first.Kind = xwidget.Primary
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("reach.title"), 520, xwidget.Column(10, rows...), xwidget.NewButton(i18n.T("action.cancel"), "Esc", func() { s.Close() }))
	h.Window().Canvas().Focus(first)
	if inRoom {
		h.Window().Canvas().Focus(where.place)
	}
}

// ownAddress is an address of this machine on a network, or empty.
func ownAddress() string {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			return n.IP.String()
		}
	}
	return ""
}

// Opening says that the courtroom is being opened.
func Opening(h room.Host) *xwidget.Sheet {
	s := xwidget.ShowSheet(h.Window().Canvas(), i18n.T("reach.opening"), 420, xwidget.Paragraph(i18n.T("reach.opening.text")))
	s.OnEscape(func() {}) // it ends by itself
	return s
}
