package stamp

// Checked is what was found when a timestamp that is kept was looked at: what it says, or what is wrong with it.
type Checked struct {
	Stamp       // nothing where it does not fit
	Fault Fault `json:"fault,omitempty"`
}

// Fault is what is wrong with a timestamp.
type Fault string

// The faults.
const (
	Refused     Fault = "refused"    // the authority answered that it gives no stamp
	Unreadable  Fault = "unreadable" // it is no response of RFC 3161
	OtherText   Fault = "other_text" // it is of another text, or its hash is not SHA-256
	OtherNonce  Fault = "nonce"      // it answers another question
	OtherPolicy Fault = "policy"     // it was made under another policy
	Forged      Fault = "signature"  // its signature does not verify, or is not over a timestamp
	NotForTime  Fault = "purpose"    // its signer's certificate is not for timestamps, and for these alone
	UnknownRoot Fault = "root"       // its signer's certificate leads to none of the roots
	Expired     Fault = "expired"    // a certificate was not valid at its time
)

var faultWords = map[Fault]string{
	Refused:     "the authority refuses to stamp",
	Unreadable:  "it is not readable",
	OtherText:   "it is of another text",
	OtherNonce:  "it answers another question",
	OtherPolicy: "it was made under another policy than the one that the court asks for",
	Forged:      "its signature does not verify",
	NotForTime:  "its signer's certificate is not for timestamps alone",
	UnknownRoot: "its signer's certificate does not lead to the root certificate",
	Expired:     "a certificate of its signer was not valid at its time",
}

// Faults lists the faults.
var Faults = []Fault{Refused, Unreadable, OtherText, OtherNonce, OtherPolicy, Forged, NotForTime, UnknownRoot, Expired}

func (f Fault) Error() string { return "the timestamp does not fit: " + faultWords[f] }
