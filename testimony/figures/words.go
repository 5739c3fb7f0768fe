package figures

import "paravent/protection/statistics"

// words are what a table says in one language.
type words struct {
	title, release, released, threshold, counted, codes, noCode, total, hidden, suppression, family, number string
	dimensions                                                                                              map[statistics.Dimension]string
	families                                                                                                map[statistics.Family]string
	values                                                                                                  map[statistics.Value]string
}

// Hidden is the sign of a suppressed cell.
const Hidden = "×"

var languages = map[string]words{
	"en": {
		title: "Disaggregated statistics", release: "Release", released: "Released", threshold: "Threshold", counted: "Counted are protected parties who agreed to be counted. Trafficking and smuggling are never counted together.",
		codes: "Codes", noCode: "no code mapped", total: "Total", hidden: "suppressed", family: "Family", number: "Count",
		suppression: "× means suppressed. Counts from 1 to %d are not published. Other counts are suppressed as well where they, totals or an earlier release would tell a small one; nothing says which is which. 0 is published. No small count can be bounded more closely than %d apart.",
		dimensions: map[statistics.Dimension]string{statistics.Form: "Form", statistics.Sex: "Sex", statistics.AgeBand: "Age", statistics.Region: "Region of origin", statistics.Status: "Status",
			statistics.Measures: "Protective measure", statistics.Outcome: "Testimony", statistics.Year: "Year of the case"},
		families: map[statistics.Family]string{statistics.Trafficking: "Trafficking in persons", statistics.Smuggling: "Smuggling of migrants"},
		values: map[statistics.Value]string{statistics.Unknown: "Not recorded",
			"sexual_exploitation": "Sexual exploitation", "forced_labour": "Forced labour", "domestic_servitude": "Domestic servitude", "forced_begging": "Forced begging", "forced_criminality": "Forced criminality",
			"forced_marriage": "Forced marriage", "organ_removal": "Organ removal", "illegal_adoption": "Illegal adoption", "surrogacy": "Forced surrogacy", "forced_military_service": "Forced military service",
			"other_exploitation": "Other exploitation", "by_land": "By land", "by_sea": "By sea", "by_air": "By air", "false_documents": "False documents", "enabled_stay": "Enabled stay", "other_smuggling": "Other smuggling",
			"female": "Female", "male": "Male", "other": "Other", "under_12": "Under 12", "12_17": "12 to 17", "18_24": "18 to 24", "25_34": "25 to 34", "35_49": "35 to 49", "50_plus": "50 and over",
			"africa_north": "Northern Africa", "africa_west": "Western Africa", "africa_middle": "Middle Africa", "africa_east": "Eastern Africa", "africa_south": "Southern Africa", "america_north": "Northern America",
			"caribbean": "Caribbean", "america_central": "Central America", "america_south": "South America", "asia_central": "Central Asia", "asia_east": "Eastern Asia", "asia_south_east": "South-eastern Asia",
			"asia_south": "Southern Asia", "asia_west": "Western Asia", "europe_east": "Eastern Europe", "europe_north": "Northern Europe", "europe_south": "Southern Europe", "europe_west": "Western Europe", "oceania": "Oceania",
			"victim_witness": "Victim and witness", "victim": "Victim", "witness": "Witness", "possible_victim": "Possible victim", "person_at_risk": "Person at risk",
			"none": "None", "name": "Name only", "screen_or_link": "Screen or link", "picture_or_voice": "Picture or voice", "private_or_closed": "Private or closed", "other_measure": "Other measure",
			"testified": "Heard", "hearing_planned": "Hearing planned", "no_hearing": "No hearing"},
	},
	"fr": {
		title: "Statistiques ventilées", release: "Publication", released: "Publiée le", threshold: "Seuil", counted: "Sont comptées les personnes protégées qui l’ont accepté. La traite et le trafic illicite ne sont jamais comptés ensemble.",
		codes: "Codes", noCode: "aucun code", total: "Total", hidden: "masqué", family: "Famille", number: "Nombre",
		suppression: "× signifie masqué. Les nombres de 1 à %d ne sont pas publiés. D’autres nombres sont masqués aussi lorsqu’ils révéleraient, avec les totaux ou une publication antérieure, un petit nombre ; rien ne dit lesquels. 0 est publié. Aucun petit nombre ne peut être encadré à moins de %d près.",
		dimensions: map[statistics.Dimension]string{statistics.Form: "Forme", statistics.Sex: "Sexe", statistics.AgeBand: "Âge", statistics.Region: "Région d’origine", statistics.Status: "Statut",
			statistics.Measures: "Mesure de protection", statistics.Outcome: "Déposition", statistics.Year: "Année de l’affaire"},
		families: map[statistics.Family]string{statistics.Trafficking: "Traite des personnes", statistics.Smuggling: "Trafic illicite de migrants"},
		values: map[statistics.Value]string{statistics.Unknown: "Non renseigné",
			"sexual_exploitation": "Exploitation sexuelle", "forced_labour": "Travail forcé", "domestic_servitude": "Servitude domestique", "forced_begging": "Mendicité forcée", "forced_criminality": "Délinquance forcée",
			"forced_marriage": "Mariage forcé", "organ_removal": "Prélèvement d’organes", "illegal_adoption": "Adoption illégale", "surrogacy": "Gestation pour autrui forcée", "forced_military_service": "Enrôlement forcé",
			"other_exploitation": "Autre exploitation", "by_land": "Par voie terrestre", "by_sea": "Par mer", "by_air": "Par air", "false_documents": "Faux documents", "enabled_stay": "Aide au séjour", "other_smuggling": "Autre trafic",
			"female": "Femmes", "male": "Hommes", "other": "Autre", "under_12": "Moins de 12 ans", "12_17": "12 à 17 ans", "18_24": "18 à 24 ans", "25_34": "25 à 34 ans", "35_49": "35 à 49 ans", "50_plus": "50 ans et plus",
			"africa_north": "Afrique du Nord", "africa_west": "Afrique de l’Ouest", "africa_middle": "Afrique centrale", "africa_east": "Afrique de l’Est", "africa_south": "Afrique australe", "america_north": "Amérique du Nord",
			"caribbean": "Caraïbes", "america_central": "Amérique centrale", "america_south": "Amérique du Sud", "asia_central": "Asie centrale", "asia_east": "Asie de l’Est", "asia_south_east": "Asie du Sud-Est",
			"asia_south": "Asie du Sud", "asia_west": "Asie de l’Ouest", "europe_east": "Europe de l’Est", "europe_north": "Europe du Nord", "europe_south": "Europe du Sud", "europe_west": "Europe de l’Ouest", "oceania": "Océanie",
			"victim_witness": "Victime et témoin", "victim": "Victime", "witness": "Témoin", "possible_victim": "Victime possible", "person_at_risk": "Personne exposée",
			"none": "Aucune", "name": "Nom seulement", "screen_or_link": "Paravent ou liaison", "picture_or_voice": "Image ou voix", "private_or_closed": "Privé ou huis clos", "other_measure": "Autre mesure",
			"testified": "Entendu", "hearing_planned": "Audience fixée", "no_hearing": "Sans audience"},
	},
}

func said(language string) words {
	if w, ok := languages[language]; ok {
		return w
	}
	return languages["en"]
}

// DimensionWord names a dimension in "en" or "fr".
func DimensionWord(language string, d statistics.Dimension) string {
	return said(language).dimensions[d]
}

// FamilyWord names a family in "en" or "fr".
func FamilyWord(language string, f statistics.Family) string { return said(language).families[f] }

// ValueWord names a category in "en" or "fr"; the empty one is the total. A year is itself.
func ValueWord(language string, v statistics.Value) string {
	w := said(language)
	if v == "" {
		return w.total
	}
	if word := w.values[v]; word != "" {
		return word
	}
	return string(v)
}
