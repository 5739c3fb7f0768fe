package invite

import "time"

// Refusal is why a guest is not let in. It is an error, and its value is what the guest's page is told.
type Refusal string

// The refusals.
const (
	Unknown Refusal = "unknown" // there is no such invitation
	Expired Refusal = "expired"
	Revoked Refusal = "revoked"
	Used    Refusal = "used" // another device has used it
	Busy    Refusal = "busy" // the court can't take the connection now; trying again later may help
)

// Refusals lists every refusal.
var Refusals = []Refusal{Unknown, Expired, Revoked, Used, Busy}

// Error says the refusal in one sentence.
func (r Refusal) Error() string {
	switch r {
	case Expired:
		return "the invitation has expired"
	case Revoked:
		return "the invitation has been withdrawn"
	case Used:
		return "the invitation has been used on another device"
	case Busy:
		return "the court cannot take the connection now"
	}
	return "the invitation is not known"
}

// ReturnFor is how long after Expires a device that used its invitation in time may still come back: a hearing outlasts
// its plan, and a lost connection must not cost the witness the seat.
const ReturnFor = 12 * time.Hour

// Invitation is one seat's invitation as the court keeps it. The secret is kept beside it.
type Invitation struct {
	ID          ID         `json:"id"`
	Hearing     string     `json:"hearing"`
	Participant string     `json:"participant"`
	Role        string     `json:"role"`
	Expires     time.Time  `json:"expires"` // the first use must come before this
	Used        bool       `json:"used"`
	Device      Thumbprint `json:"device,omitempty"` // the device that used it
	Revoked     bool       `json:"revoked"`
}

// Decision is what follows from an attempt to use an invitation.
type Decision struct {
	// Next is the invitation as it stands afterwards. It must be stored before the guest is answered.
	Next Invitation
	// Returns reports that the device has been here before.
	Returns bool
	// Alarm reports that a second device holds the link: the bench must know.
	Alarm bool
}

// Admit decides whether a device may come in now. The caller has verified that the device signed this handshake. The error
// is nil or a [Refusal].
func (i Invitation) Admit(now time.Time, device Thumbprint) (Decision, error) {
	d := Decision{Next: i, Alarm: i.Used && device != i.Device}
	switch {
	case device == "":
		return d, Unknown
	case i.Revoked:
		return d, Revoked
	case d.Alarm:
		return d, Used
	case i.Used && now.Before(i.Expires.Add(ReturnFor)):
		d.Returns = true
		return d, nil
	case !now.Before(i.Expires):
		return d, Expired
	}
	d.Next.Used, d.Next.Device = true, device
	return d, nil
}
