package statistics

import "slices"

// Code is the name of a category in a standard.
type Code struct {
	Standard string `json:"standard"`
	Field    string `json:"field,omitempty"`
	Code     string `json:"code"`
}

// The standards that categories are mapped to. Of IC-TIP no list of codes could be read when this was written: nothing is mapped to it, and nothing is
// guessed.
const (
	HTCDS = "HTCDS 2.0" // Human Trafficking Case Data Standard, IOM: its published survey form and field reference
	ICTIP = "IC-TIP"    // International Classification for Administrative Data on Trafficking in Persons, UNODC and IOM, 2025
	M49   = "UN M49"    // Standard Country or Area Codes for Statistical Use, United Nations Statistics Division
)

// Standards lists the standards in the order in which they are shown.
var Standards = []string{HTCDS, ICTIP, M49}

const exploitationField = "vic_TypeOfExploitation"

var htcds = map[Dimension]map[Value]Code{
	Form: {
		"sexual_exploitation": {HTCDS, exploitationField, "SexualExploitation"}, "forced_labour": {HTCDS, exploitationField, "ForcedLabour"},
		"forced_begging": {HTCDS, exploitationField, "ForcedBegging"}, "forced_criminality": {HTCDS, exploitationField, "IllicitActivities"},
		"forced_marriage": {HTCDS, exploitationField, "ForcedMarriage"}, "organ_removal": {HTCDS, exploitationField, "OrganRemoval"},
		"illegal_adoption": {HTCDS, exploitationField, "IllegalAdoption"}, "surrogacy": {HTCDS, exploitationField, "Surrogacy"},
		"forced_military_service": {HTCDS, exploitationField, "ForcedMilitaryService"}, "other_exploitation": {HTCDS, exploitationField, "Other"},
		"domestic_servitude": {HTCDS, "vic_TypeOfLabourExploitation", "DomesticWork"},
	},
	Sex: {
		"female": {HTCDS, "prs_Gender", "Female"}, "male": {HTCDS, "prs_Gender", "Male"},
		"other": {HTCDS, "prs_Gender", "Transgender/NonConforming"}, Unknown: {HTCDS, "prs_Gender", "Unknown"},
	},
}

var m49 = map[Value]string{
	"africa_north": "015", "africa_west": "011", "africa_middle": "017", "africa_east": "014", "africa_south": "018", "america_north": "021", "caribbean": "029",
	"america_central": "013", "america_south": "005", "asia_central": "143", "asia_east": "030", "asia_south_east": "035", "asia_south": "034", "asia_west": "145",
	"europe_east": "151", "europe_north": "154", "europe_south": "039", "europe_west": "155", "oceania": "009",
}

// Codes lists the codes that a category has in the standards; none where no code is mapped.
func Codes(d Dimension, v Value) []Code {
	var found []Code
	if c, ok := htcds[d][v]; ok {
		found = append(found, c)
	}
	if d == Region && m49[v] != "" {
		found = append(found, Code{Standard: M49, Code: m49[v]})
	}
	return found
}

// CodeIn is the code of a category in a standard, and whether one is mapped.
func CodeIn(standard string, d Dimension, v Value) (Code, bool) {
	codes := Codes(d, v)
	if i := slices.IndexFunc(codes, func(c Code) bool { return c.Standard == standard }); i >= 0 {
		return codes[i], true
	}
	return Code{}, false
}
