package notice

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/stamp"
)

// Custody is the chain of custody of one recording and of the versions that were made of it: what it is, what was ordered to be missing, and every act
// on it that the audit log has. It gives no reason of an edit, which can name what is to be withheld, and nothing of what was said.
type Custody struct {
	Heading   Heading               `json:"heading"`
	Vault     string                `json:"vault"`
	Recording testimony.RecordingID `json:"recording"`
	Hearing   testimony.HearingID   `json:"hearing"`
	Planned   time.Time             `json:"planned"` // beginning of the hearing
	Version   protection.Audience   `json:"version"`
	Begun     time.Time             `json:"begun"`
	Length    time.Duration         `json:"length"`
	Bytes     int64                 `json:"bytes"`
	Chunks    int                   `json:"chunks"`
	Found     Found                 `json:"found"`     // by the check that was made for this report
	FileRoot  []byte                `json:"file_root"` // of the sealed file's chunks
	Root      []byte                `json:"root,omitempty"`
	SealedAt  time.Time             `json:"sealed_at,omitzero"` // to its blocks
	SealedBy  Official              `json:"sealed_by,omitzero"`
	Stamped   *stamp.Checked        `json:"timestamp,omitempty"` // by an authority outside the court; nil where it was not
	Edits     int                   `json:"edits"`               // number of the list in force; 0 for none
	OrderedAt time.Time             `json:"ordered_at,omitzero"`
	OrderedBy Official              `json:"ordered_by,omitzero"`
	Passages  []Passage             `json:"passages"`
	Copies    []Copy                `json:"copies"`
	Given     []Given               `json:"given"` // copies that somebody was given to take away, or asked for
	Chain     []Link                `json:"chain"`
	Log       testimony.LogHead     `json:"log"`
}

// Found is what a check of a file found.
type Found string

// What a check finds.
const (
	Intact  Found = "intact"
	Torn    Found = "torn"    // its program could not end it; up to there it is intact
	Altered Found = "altered" // or its file is missing
	Erased  Found = "erased"  // by a judge's decision, when its time was over
)

// Founds lists what a check of a file that is there, or should be, finds.
var Founds = []Found{Intact, Torn, Altered}

// Official is somebody of the court, with the key of their signatures where it matters.
type Official struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Office string `json:"office"`
	Key    []byte `json:"key,omitempty"`
}

// Passage is an approved edit; its times are as the court writes them.
type Passage struct {
	Item         string `json:"item"`
	Kind         string `json:"kind"`
	Channels     string `json:"channels"`
	From         string `json:"from"`
	Until        string `json:"until"`
	PictureUntil string `json:"picture_until"`
}

// Copy is a version that was made.
type Copy struct {
	ID       testimony.RecordingID `json:"id"`
	Made     time.Time             `json:"made"`
	Edits    int                   `json:"edits"`
	Length   time.Duration         `json:"length"`
	FileRoot []byte                `json:"file_root"`
	Found    Found                 `json:"found"`
}

// Given is a copy of the recording, or of a version of it, for a person until a date. The purpose stays in the vault.
type Given struct {
	Number   int                   `json:"number"`
	ID       string                `json:"id"`
	Of       testimony.RecordingID `json:"of"`
	Role     string                `json:"role"`
	Label    string                `json:"label"`
	Asked    time.Time             `json:"asked"`
	Until    time.Time             `json:"until"`
	State    string                `json:"state"`
	Approved []Official            `json:"approved,omitempty"`
	Made     time.Time             `json:"made,omitzero"`
	MadeBy   Official              `json:"made_by,omitzero"`
	SHA256   []byte                `json:"sha256,omitempty"` // of the file
	Ended    time.Time             `json:"ended,omitzero"`
	Ending   string                `json:"ending,omitempty"`
}

// Link is an entry of the audit log.
type Link struct {
	Entry   int64                 `json:"entry"`
	At      time.Time             `json:"at"`
	Act     string                `json:"act"` // as the log has it
	By      Official              `json:"by"`
	Of      testimony.RecordingID `json:"of"`                // the recording, or a version of it
	Purpose string                `json:"purpose,omitempty"` // of an opening
	Item    string                `json:"item,omitempty"`    // of a decision
	Given   string                `json:"given,omitempty"`   // number of the copy that somebody was given
	Found   Found                 `json:"found,omitempty"`   // by a check
}

// JSON writes the report for a program.
func (c Custody) JSON(out io.Writer) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return fmt.Errorf("write a custody report: %w", err)
	}
	return nil
}

// PDF writes the report.
func (c Custody) PDF(out io.Writer, l policy.Language) error {
	cw := custodyLanguages[l]
	return draw(out, l, c.Heading, CustodyReport, func(words) string { return cw.title }, func(s *sheet) {
		s.head(cw.sub)
		s.facts(fact{s.w.court, c.Heading.Court}, fact{s.w.caseNumber, c.Heading.Case}, fact{s.w.witness, s.w.pseudonym(c.Heading.Pseudonym)}, fact{cw.hearing, s.w.moment(c.Planned)},
			fact{cw.recording, string(c.Recording)}, fact{cw.version, policy.AudienceWord(c.Version, l)}, fact{cw.begun, s.w.moment(c.Begun.UTC())}, fact{cw.length, length(c.Length)},
			fact{cw.size, fmt.Sprintf(cw.chunks, c.Bytes, c.Chunks)}, fact{cw.check, cw.found[c.Found]}, fact{cw.fileRoot, hex.EncodeToString(c.FileRoot)})
		s.section(cw.blocks)
		if len(c.Root) == 0 {
			s.para(cw.notSealed)
		} else {
			s.para(cw.blocksText)
			s.facts(fact{cw.root, hex.EncodeToString(c.Root)}, fact{cw.sealed, s.w.moment(c.SealedAt.UTC())}, fact{cw.by, c.SealedBy.words(s.w)}, fact{cw.key, hex.EncodeToString(c.SealedBy.Key)}, fact{cw.stamp, c.stamped(s, cw)})
		}
		c.edits(s, cw)
		c.copies(s, cw)
		c.given(s, cw)
		s.section(cw.chain)
		s.para(cw.chainText)
		var rows [][][]piece
		for _, k := range c.Chain {
			act := []piece{{text: cw.act(k.Act), style: bodyStyle}}
			if k.Purpose != "" {
				act = append(act, piece{text: cw.purpose(k.Purpose), style: smallStyle})
			}
			if k.Item != "" {
				act = append(act, piece{text: cw.passage + " " + k.Item, style: smallStyle})
			}
			if k.Found != "" {
				act = append(act, piece{text: cw.found[k.Found], style: smallStyle})
			}
			if k.Given != "" {
				act = append(act, piece{text: cw.copy + " " + k.Given, style: smallStyle})
			}
			of := cw.itself
			if k.Of != c.Recording {
				of = string(k.Of)
			}
			rows = append(rows, [][]piece{small(strconv.FormatInt(k.Entry, 10)), small(k.At.UTC().Format("2006-01-02 15:04:05")), act, small(k.By.words(s.w)), small(of)})
		}
		s.table([]float64{1.6, 3.4, 5, 4, 3.6}, []string{cw.entry, cw.when, cw.what, cw.by, cw.of}, rows...)
		s.section(cw.log)
		s.para(fmt.Sprintf(cw.logText, c.Log.Entries))
		s.facts(fact{cw.vault, c.Vault}, fact{cw.root, c.Log.Hash})
		s.code(c.Log.Note)
		s.box("", cw.limits)
	})
}

// stamped says what the timestamp says.
func (c Custody) stamped(s *sheet, cw custodyWords) string {
	switch {
	case c.Stamped == nil:
		return cw.unstamped
	case c.Stamped.Fault != "":
		return cw.misstamped
	}
	return fmt.Sprintf(cw.stamped, s.w.moment(c.Stamped.At.UTC()), c.Stamped.Authority)
}

func (c Custody) edits(s *sheet, cw custodyWords) {
	s.section(cw.edits)
	if c.Edits == 0 {
		s.para(cw.noEdits)
		return
	}
	s.facts(fact{cw.list, strconv.Itoa(c.Edits)}, fact{cw.ordered, s.w.moment(c.OrderedAt.UTC())}, fact{cw.by, c.OrderedBy.words(s.w)}, fact{cw.key, hex.EncodeToString(c.OrderedBy.Key)})
	var rows [][][]piece
	for _, p := range c.Passages {
		rows = append(rows, [][]piece{plain(cw.kinds[p.Kind] + ", " + cw.channels[p.Channels]), small(p.From), small(p.Until), small(p.PictureUntil), small(p.Item)})
	}
	s.table([]float64{5, 2.8, 2.8, 2.8, 4}, []string{cw.what, cw.from, cw.until, cw.back, cw.passage}, rows...)
	s.para(cw.editsText)
}

func (c Custody) copies(s *sheet, cw custodyWords) {
	s.section(cw.copies)
	if len(c.Copies) == 0 {
		s.para(cw.noCopies)
		return
	}
	var rows [][][]piece
	for _, x := range c.Copies {
		rows = append(rows, [][]piece{{{text: string(x.ID), style: bodyStyle}, {text: hex.EncodeToString(x.FileRoot), style: codeStyle}}, small(x.Made.UTC().Format("2006-01-02 15:04:05")),
			small(strconv.Itoa(x.Edits)), small(length(x.Length)), small(cw.found[x.Found])})
	}
	s.table([]float64{7, 3.4, 1.6, 2.4, 3}, []string{cw.version, cw.made, cw.list, cw.length, cw.check}, rows...)
}

func (c Custody) given(s *sheet, cw custodyWords) {
	s.section(cw.given)
	if len(c.Given) == 0 {
		s.para(cw.noCopies)
		return
	}
	s.para(cw.givenText)
	var rows [][][]piece
	for _, x := range c.Given {
		to := s.w.roles[testimony.Role(x.Role)]
		if to == "" {
			to = s.w.offices[x.Role]
		}
		what := []piece{{text: strconv.Itoa(x.Number) + ": " + x.Label, style: bodyStyle}, {text: to, style: smallStyle}}
		if len(x.SHA256) > 0 {
			what = append(what, piece{text: hex.EncodeToString(x.SHA256), style: codeStyle})
		}
		state := cw.copyStates[x.State]
		if said := cw.endings[x.Ending]; said != "" {
			state = said
		}
		made := ""
		if !x.Made.IsZero() {
			made = x.Made.UTC().Format("2006-01-02 15:04:05")
		}
		var by []string
		for _, o := range x.Approved {
			by = append(by, o.words(s.w))
		}
		rows = append(rows, [][]piece{what, small(strings.Join(by, ", ")), small(made), small(x.Until.UTC().Format(time.DateOnly)), small(state)})
	}
	s.table([]float64{6, 4, 2.6, 2.4, 2.4}, []string{cw.copy, cw.approved, cw.made, cw.until, cw.state}, rows...)
}

func (o Official) words(w words) string {
	office := w.offices[o.Office]
	switch {
	case o.Name == "" && office == "":
		return o.ID
	case office == "":
		return o.Name
	}
	return o.Name + " (" + office + ")"
}

// custodyWords are what a report says in one language.
type custodyWords struct {
	title, sub, hearing, recording, version, begun, length, size, chunks, check, fileRoot                string
	blocks, blocksText, notSealed, root, sealed, by, key                                                 string
	edits, noEdits, editsText, list, ordered, from, until, back, passage                                 string
	copies, noCopies, made, chain, chainText, entry, when, what, of, itself, log, logText, vault, limits string
	stamp, stamped, unstamped, misstamped                                                                string
	given, givenText, copy, approved, state                                                              string
	found                                                                                                map[Found]string
	kinds, channels, acts, purposes, copyStates, endings                                                 map[string]string
}

// act says an act of the log in words; one that is not known stands as it is.
func (w custodyWords) act(act string) string {
	if said := w.acts[act]; said != "" {
		return said
	}
	return act
}

func (w custodyWords) purpose(purpose string) string {
	if said := w.purposes[purpose]; said != "" {
		return said
	}
	return purpose
}

// CustodyActs are the acts that a report has words for.
func CustodyActs() []string {
	var acts []string
	for a := range custodyLanguages[policy.English].acts {
		acts = append(acts, a)
	}
	return acts
}

var custodyLanguages = map[policy.Language]custodyWords{
	policy.English: {
		title: "Chain of custody", sub: "What a recording is, and what was done with it", hearing: "Hearing", recording: "Recording", version: "Version", begun: "Begun", length: "Length",
		size: "Sealed file", chunks: "%d bytes in %d sealed pieces", check: "Found now", fileRoot: "Root of the file",
		blocks: "Sealed to its blocks", blocksText: "Every picture and every packet of sound is committed to by one signed hash. Versions of the recording are checked against it, by anybody and without the recording.",
		notSealed: "The recording is not sealed to its blocks yet.", root: "Root", sealed: "Sealed", by: "By", key: "Public key",
		stamp: "Timestamp", stamped: "sealed by %s at the latest, says %s, an authority outside the court", unstamped: "none", misstamped: "the one that is kept does not fit",
		edits: "What is to be missing from versions", noEdits: "Nothing: no edit is in force.", editsText: "The reasons are in the vault. The picture comes back with the first whole picture after a passage.",
		list: "List", ordered: "Ordered", from: "From", until: "Until", back: "Picture back", passage: "Passage",
		copies: "Versions that were made", noCopies: "None.", made: "Made", chain: "What was done", chainText: "These are the entries of the audit log that speak of this recording, of its edits and of its versions. Times are UTC.",
		entry: "Entry", when: "Time", what: "Act", of: "Of", itself: "the recording", log: "The audit log", vault: "Vault",
		logText: "The log had %d entries. Its signed head commits to all of them: whoever keeps it can prove later that none was changed or left out.",
		limits:  "This report tells what the vault knows. What was done with a copy after it was carried out of the vault is not in it, nor what happened before the recording was begun.",
		given:   "Copies that were given", givenText: "Each copy bears its number, its recipient and its date on the picture, and a hidden mark. The purposes are in the vault.", copy: "Copy", approved: "Approved by", state: "State",
		copyStates: map[string]string{"asked": "asked for", "approved": "approved, not made", "refused": "refused", "withdrawn": "withdrawn", "expired": "expired, never made", "out": "out", "overdue": "out after its date", "over": "ended"},
		endings:    map[string]string{"returned": "returned", "destroyed": "destroyed, by declaration"},
		found:      map[Found]string{Intact: "intact", Torn: "torn: intact up to where it stops", Altered: "altered, or the file is missing", Erased: "erased by order of a judge; its hashes stay"},
		kinds:      map[string]string{"cut": "cut", "mask": "masked"}, channels: map[string]string{"picture": "picture", "voice": "voice", "both": "picture and voice"},
		acts: map[string]string{"recording.begun": "Recording begun", "recording.sealed": "Sealed", "recording.remote_begun": "Begun at the remote point", "recording.remote_told": "Its state told by the remote point", "recording.remote_closed": "Whole, told by the remote point", "recording.remote_failed": "Failed at the remote point", "recording.remote_received": "Handed over and taken in", "recording.remote_forgotten": "Its key destroyed with the master", "recording.verified": "Verified", "recording.stamped": "Timestamped by an authority outside the court", "recording.unstamped": "Timestamp not obtained", "recording.committed": "Sealed to its blocks", "recording.opened": "Opened", "recording.broadcast": "Made ready for the delayed broadcast", "recording.refused": "Opening refused",
			"recording.checked": "Checked before the witness left", "edit.asked": "Edit requested", "edit.approved": "Edit approved", "edit.refused": "Edit refused", "edit.withdrawn": "Request withdrawn", "edit.lifted": "Edit lifted", "edit.denied": "Decision denied",
			"release.begun": "Review before release begun", "release.marked": "Passage added by the review", "release.widened": "Passage widened by the review", "release.confirmed": "Passage confirmed by the review", "release.reviewed": "Review ended", "release.refused": "Release refused", "release.released": "Released",
			"edit.list": "List of edits signed", "version.begun": "Version begun", "version.abandoned": "Version taken back", "transcript.imported": "Transcript taken in from a file", "transcript.typed": "Passages of the transcript typed", "transcript.changed": "Transcript changed", "transcript.struck": "Passages of the transcript struck", "transcript.opened": "Transcript opened", "transcript.exported": "Transcript written to a file",
			"session.playback_opened": "Open in a hearing", "session.playback_runs": "Played in a hearing", "session.playback_paused": "Paused in a hearing", "session.playback_moved": "Moved in a hearing", "session.playback_closed": "Closed in a hearing",
			"copy.asked": "Copy requested", "copy.approved": "Copy approved", "copy.refused": "Copy refused or withdrawn", "copy.denied": "Step of a copy denied", "copy.begun": "Copy begun", "copy.made": "Copy made", "copy.ended": "Copy returned or destroyed", "copy.traced": "Found picture traced to this copy",
			"custody.reported":   "Custody report made",
			"retention.proposed": "Erasure proposed", "retention.approved": "Erasure approved", "retention.refused": "Erasure refused", "retention.denied": "Step of an erasure denied", "retention.held": "Hold placed on it", "retention.lifted": "Hold lifted", "recording.erased": "Erased: its key destroyed", "recording.cleared": "Its file removed, the vault's file written anew"},
		purposes: map[string]string{"play": "to be seen and heard at a desk", "hearing": "to be played in a hearing", "vtt": "as WebVTT", "srt": "as SubRip", "pdf": "as PDF", "export": "to write a copy to a file", "check": "to measure its length", "commit": "to seal it to its blocks", "decide an edit": "to decide an edit", "make a version": "to make a version", "integrity": "to check it before the witness leaves", "disclosure copy": "to make a copy that is given", "history": "with all its earlier versions"},
	},
	policy.French: {
		title: "Chaîne de conservation", sub: "Ce qu’est un enregistrement, et ce qui en a été fait", hearing: "Audience", recording: "Enregistrement", version: "Version", begun: "Commencé", length: "Durée",
		size: "Fichier scellé", chunks: "%d octets en %d morceaux scellés", check: "Constat à ce jour", fileRoot: "Racine du fichier",
		blocks: "Scellement par bloc", blocksText: "Chaque image et chaque paquet de son sont engagés par une empreinte signée. Les versions de l’enregistrement sont vérifiées par rapport à elle, par quiconque et sans l’enregistrement.",
		notSealed: "L’enregistrement n’est pas encore scellé bloc par bloc.", root: "Racine", sealed: "Scellé", by: "Par", key: "Clé publique",
		stamp: "Horodatage", stamped: "scellé le %s au plus tard, selon %s, autorité extérieure à la juridiction", unstamped: "aucun", misstamped: "celui qui est conservé n’est pas conforme",
		edits: "Ce qui doit manquer dans les versions", noEdits: "Rien : aucune modification n’est en vigueur.", editsText: "Les motifs sont dans le coffre. L’image revient avec la première image complète après le passage.",
		list: "Liste", ordered: "Ordonnée", from: "De", until: "À", back: "Image rétablie", passage: "Passage",
		copies: "Versions établies", noCopies: "Aucune.", made: "Établie", chain: "Ce qui a été fait", chainText: "Ce sont les entrées du journal d’audit qui concernent cet enregistrement, ses modifications et ses versions. Les heures sont en UTC.",
		entry: "Entrée", when: "Heure", what: "Acte", of: "Objet", itself: "l’enregistrement", log: "Le journal d’audit", vault: "Coffre",
		logText: "Le journal comptait %d entrées. Sa tête signée les engage toutes : qui la conserve peut prouver plus tard qu’aucune n’a été modifiée ni omise.",
		limits:  "Ce relevé dit ce que le coffre sait. Ce qui a été fait d’une copie après sa sortie du coffre n’y figure pas, ni ce qui s’est passé avant le début de l’enregistrement.",
		given:   "Copies remises", givenText: "Chaque copie porte sur l’image son numéro, son destinataire et sa date, et une marque cachée. Les finalités sont dans le coffre.", copy: "Copie", approved: "Approuvée par", state: "État",
		copyStates: map[string]string{"asked": "demandée", "approved": "approuvée, non établie", "refused": "refusée", "withdrawn": "retirée", "expired": "échue, jamais établie", "out": "remise", "overdue": "dehors après sa date", "over": "terminée"},
		endings:    map[string]string{"returned": "rendue", "destroyed": "détruite, selon déclaration"},
		found:      map[Found]string{Intact: "intact", Torn: "interrompu : intact jusqu’à cet endroit", Altered: "altéré, ou fichier manquant", Erased: "effacé sur décision d’un juge ; ses empreintes demeurent"},
		kinds:      map[string]string{"cut": "coupé", "mask": "masqué"}, channels: map[string]string{"picture": "image", "voice": "voix", "both": "image et voix"},
		acts: map[string]string{"recording.begun": "Enregistrement commencé", "recording.sealed": "Scellé", "recording.remote_begun": "Commencé au point distant", "recording.remote_told": "État annoncé par le point distant", "recording.remote_closed": "Complet, annoncé par le point distant", "recording.remote_failed": "En panne au point distant", "recording.remote_received": "Remis et reçu", "recording.remote_forgotten": "Sa clé détruite avec l’original", "recording.verified": "Vérifié", "recording.stamped": "Horodaté par une autorité extérieure à la juridiction", "recording.unstamped": "Horodatage non obtenu", "recording.committed": "Scellé bloc par bloc", "recording.opened": "Ouvert", "recording.broadcast": "Préparé pour la diffusion différée", "recording.refused": "Ouverture refusée",
			"recording.checked": "Vérifié avant le départ du témoin", "edit.asked": "Modification demandée", "edit.approved": "Modification approuvée", "edit.refused": "Modification rejetée", "edit.withdrawn": "Demande retirée", "edit.lifted": "Modification levée", "edit.denied": "Décision refusée à l’utilisateur",
			"release.begun": "Examen avant diffusion commencé", "release.marked": "Passage ajouté à l’examen", "release.widened": "Passage élargi à l’examen", "release.confirmed": "Passage confirmé à l’examen", "release.reviewed": "Examen terminé", "release.refused": "Diffusion refusée", "release.released": "Diffusée",
			"edit.list": "Liste des modifications signée", "version.begun": "Version commencée", "version.abandoned": "Version abandonnée", "transcript.imported": "Transcription importée d’un fichier", "transcript.typed": "Passages de la transcription saisis", "transcript.changed": "Transcription modifiée", "transcript.struck": "Passages de la transcription rayés", "transcript.opened": "Transcription ouverte", "transcript.exported": "Transcription écrite dans un fichier",
			"session.playback_opened": "Ouvert en audience", "session.playback_runs": "Diffusé en audience", "session.playback_paused": "Mis en pause en audience", "session.playback_moved": "Déplacé en audience", "session.playback_closed": "Fermé en audience",
			"copy.asked": "Copie demandée", "copy.approved": "Copie approuvée", "copy.refused": "Copie refusée ou retirée", "copy.denied": "Étape d’une copie refusée à l’utilisateur", "copy.begun": "Copie commencée", "copy.made": "Copie établie", "copy.ended": "Copie rendue ou détruite", "copy.traced": "Image retrouvée rattachée à cette copie",
			"custody.reported":   "Relevé de conservation établi",
			"retention.proposed": "Effacement proposé", "retention.approved": "Effacement approuvé", "retention.refused": "Effacement rejeté", "retention.denied": "Étape d’un effacement refusée à l’utilisateur", "retention.held": "Conservation imposée", "retention.lifted": "Conservation levée", "recording.erased": "Effacé : sa clé est détruite", "recording.cleared": "Son fichier supprimé, le fichier du coffre réécrit"},
		purposes: map[string]string{"play": "pour le voir et l’entendre à un poste", "hearing": "pour le diffuser en audience", "vtt": "au format WebVTT", "srt": "au format SubRip", "pdf": "au format PDF", "export": "pour en écrire une copie dans un fichier", "check": "pour en mesurer la durée", "commit": "pour le sceller bloc par bloc", "decide an edit": "pour statuer sur une modification", "make a version": "pour établir une version", "integrity": "pour le vérifier avant le départ du témoin", "disclosure copy": "pour établir une copie remise", "history": "avec toutes ses versions antérieures"},
	},
}
