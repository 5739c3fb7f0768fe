package notice

import (
	"fmt"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/testimony"
)

var french = words{
	tag: "fr", training: "Exercice : affaire inventée", witnessWord: "Témoin",
	doneAt: "Fait à ____________________________ , le ____________________",
	months: []string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	day: func(t time.Time, month string) string {
		if t.Day() == 1 {
			return fmt.Sprintf("1er\u00a0%s %d", month, t.Year())
		}
		return fmt.Sprintf("%d\u00a0%s %d", t.Day(), month, t.Year())
	},
	clock: func(h, m int) string { return fmt.Sprintf("%d\u00a0h\u00a0%02d", h, m) },
	colon: " : ",

	unprintable: "mots que ce document ne peut imprimer", unprintableIn: "mots en écriture %s que ce document ne peut imprimer",
	unprinted:     "Certains mots n’ont pu être imprimés",
	unprintedText: "Ce document imprime les lettres latines, grecques et cyrilliques. Ce qui est écrit en d’autres lettres est omis aux endroits signalés entre crochets. Le texte demeure inchangé dans le coffre de la juridiction.",
	left:          "Omis : %d × %s.", otherScript: "autres signes",
	scripts: map[script]string{"Arabic": "arabe", "Hebrew": "hébraïque", "Devanagari": "devanagari", "Bengali": "bengalie", "Gurmukhi": "gourmoukhi", "Gujarati": "gujaratie",
		"Tamil": "tamoule", "Telugu": "télougou", "Kannada": "kannada", "Malayalam": "malayalam", "Sinhala": "cingalaise", "Thai": "thaïe", "Lao": "lao", "Khmer": "khmère",
		"Myanmar": "birmane", "Ethiopic": "éthiopienne", "Armenian": "arménienne", "Georgian": "géorgienne", "Han": "chinoise", "Hiragana": "japonaise", "Katakana": "japonaise",
		"Hangul": "coréenne", "Syriac": "syriaque", "Thaana": "thâna", "Tibetan": "tibétaine", "Tifinagh": "tifinaghe", "Nko": "n’ko"},

	court: "Juridiction", caseNumber: "Affaire", person: "Personne protégée", witness: "Témoin", yes: "oui", no: "non",
	modes: map[protection.SessionMode]string{protection.PublicMode: "Audience publique", protection.PrivateMode: "Session privée", protection.ClosedMode: "Huis clos"},
	roles: map[testimony.Role]string{testimony.RoleBench: "Tribunal", testimony.RoleWitness: "Témoin", testimony.RoleInterpreter: "Interprète", testimony.RoleProsecution: "Ministère public",
		testimony.RoleDefence: "Avocat de la défense", testimony.RoleAccused: "Accusé", testimony.RoleSupport: "Personne de soutien", testimony.RoleCoordinator: "Coordonnateur du point distant",
		testimony.RoleGallery: "Public"},
	offices: map[string]string{testimony.Clerk: "greffier", testimony.Advocate: "défenseur de la victime", testimony.Judge: "juge", testimony.Registrar: "chef de greffe", testimony.Auditor: "auditeur"},
	who: map[protection.Audience]string{protection.Bench: "Les juges", protection.Assessors: "Les jurés ou assesseurs", protection.Prosecution: "Le procureur", protection.DefenceCounsel: "Les avocats de la personne accusée",
		protection.Accused: "La personne accusée", protection.Interpreter: "L’interprète", protection.Gallery: "Les gens venus écouter", protection.Press: "Les journalistes"},

	order: orderWords{
		title: "Ordonnance de mesures de protection", application: "Requête en mesures de protection", refused: "Décision de refus de mesures de protection",
		states: map[order.State]string{order.Draft: "Projet, non déposé", order.Filed: "Déposée, non tranchée", order.Served: "Notifiée à l’autre partie, non tranchée", order.Opposed: "Opposition de l’autre partie, non tranchée",
			order.Interim: "Provisoire, jusqu’à la décision", order.InForce: "En vigueur", order.Contested: "Contestée ; elle vaut jusqu’à la décision d’un juge", order.Refused: "Refusée",
			order.Suspended: "Suspendue", order.Rescinded: "Levée", order.Spent: "Éteinte, un juge l’ayant constaté"},
		otherState: "Inconnu de ce programme", expired: "échue ; elle vaut jusqu’à ce qu’un juge en constate le terme", number: "Ordonnance", state: "État", decided: "Décidée le", period: "Durée", from: "À compter du %s", until: "jusqu’à la fin du %s, et au-delà jusqu’à ce qu’un juge en constate le terme", endless: "sans terme",
		replaces: "Remplace", measures: "Mesures", measure: "Mesure", toward: "À l’égard de", basis: "Fondement", toCheck: "à vérifier par un juriste",
		checkNote:     "Une case précède chaque règle dont le texte n’a pas été lu à la source pour ce catalogue. Le juriste la coche après vérification.",
		catalogueOnly: "aucune règle indiquée", reasons: "Motifs", noReasons: "Aucun motif n’est consigné dans le coffre.",
		matrix: "Ce que chacun reçoit", matrixText: "Voici ce qui résulte de l’ordonnance, jointe aux autres ordonnances protégeant la même personne dans cette affaire, en audience publique.",
		matrixForeseen: "Rien n’est encore décidé. Voici ce qui résulterait de l’ordonnance, jointe aux autres protégeant la même personne dans cette affaire, en audience publique.",
		matrixWithout:  "L’ordonnance est sans effet. Voici ce qui résulte des autres ordonnances protégeant la même personne dans cette affaire, en audience publique.",
		who:            "Qui", everyone: "tous ceux qui suivent l’audience",
		sees: "Voit", hears: "Entend", decidedBy: "En vertu de",
		pictures: map[protection.Picture]string{protection.NoPicture: "rien", protection.Silhouette: "une silhouette dessinée", protection.ClearPicture: "le témoin"},
		voices: map[protection.Voice]string{protection.NoVoice: "rien", protection.InterpreterOnly: "l’interprète, jamais le témoin", protection.Disguised: "le témoin, la voix déguisée",
			protection.ClearVoice: "le témoin"},
		cutOff: "liaison coupée", later: "avec %d min de retard", never: "jamais diffusé", afterReview: "diffusé après examen", afterTestimony: "diffusé après la déposition", others: "Un autre témoin protégé",
		accusedHidden: "L’accusé n’est pas montré au témoin.", accusedShown: "L’accusé peut être montré au témoin.",
		private: "En session privée, le public et la presse ne reçoivent rien.", closed: "À huis clos, quiconque n’est pas appelé à rester est déconnecté.",
		name:   "Chacun désigne le témoin par son pseudonyme. L’identité est scellée à part ; elle n’est ouverte que par une révélation approuvée par deux responsables de collèges différents.",
		limits: "Ce que ces mesures ne peuvent pas",
		limitsList: []string{"L’altération de l’image et de la voix cache une personne aux inconnus, non à ceux qui la connaissent. Ce qu’elle dit, sa manière de le dire, un accent ou un geste peuvent encore la désigner.",
			"Une voix déguisée décourage la reconnaissance à l’oreille. Elle ne résiste pas à une comparaison par expert. Lorsque l’identité ne doit pas être connue, seul l’interprète est entendu.",
			"La silhouette est dessinée à partir de rien ; aucune image claire ne se trouve derrière elle. Elle montre néanmoins quand quelqu’un parle.",
			"Rien ici n’empêche une personne présente de répéter ce qu’elle a entendu."},
		lasts: "Combien de temps elle vaut",
		lastsList: []string{"Passé son terme, en cas de contestation ou de doute, le réglage le plus strict vaut jusqu’à ce qu’un juge ait statué.",
			"Les mesures se poursuivent dans une affaire ultérieure de la même personne tant qu’elles n’y sont ni modifiées ni levées.", "Une modification suppose des circonstances nouvelles depuis la présente décision."},
		signature: "Signature", judge: "Le juge", clerk: "Le greffier", electronic: "Signature électronique", signedBy: "Signée par", signedAt: "Signée le", fingerprint: "Empreinte de la clé", sign: "Signature Ed25519",
		statement: "SHA-256 de ce qui a été signé", log: "Journal d’audit", logText: "%d entrées ; arbre %s. Le journal jusqu’à cette tête contient chaque étape de l’ordonnance antérieure à ce document.",
		notSigned: "Ce document ne porte pas de signature électronique. Il ne vaut comme expédition que signé de la main d’un juge."},

	procedure: procedureWords{
		title: "Procédure", applicant: "À la requête de", served: "Notifiée à l’autre partie", respond: "Réponse possible jusqu’au", exParte: "Sans l’autre partie", will: "Volonté de la personne", warned: "La personne a été avertie que ses propos et son identité pourront être divulgués plus tard, dans une autre affaire.",
		change: "Ce qui a changé", step: "Étape", on: "Le", by: "Par",
		forged: "NON AUTHENTIQUE", forgedText: "Une signature de cette ordonnance est fausse ou manquante. Nul ne peut en déduire ce qu’un juge a décidé. Toutes les mesures qu’elle a jamais comportées demeurent jusqu’à ce qu’un juge ait statué à nouveau.",
		applicants: map[string]string{"prosecution": "ministère public", "defence": "défense", "witness": "personne protégée ou son défenseur", "witness_unit": "unité d’aide aux témoins", "court": "juridiction, d’office"},
		wills:      map[string]string{"consents": "consent", "objects": "s’oppose", "not_sought": "non recueillie"},
		steps: map[string]string{"file": "Déposée", "serve": "Notifiée à l’autre partie", "oppose": "Opposition de l’autre partie", "interim": "Accordée jusqu’à la décision", "grant": "Accordée", "grant_in_part": "Accordée en partie",
			"refuse": "Refusée", "contest": "Recours", "uphold": "Maintenue", "vary": "Modifiée", "augment": "Renforcée", "suspend": "Suspendue", "resume": "Remise en vigueur", "rescind": "Levée", "confirm_end": "Terme constaté", "record": "Reprise d’un autre registre"},
	},

	notice: noticeWords{
		accusedTitle: "Avis à l’accusé", pressTitle: "Avis à la presse", hearing: "L’audience", when: "Ouverture", room: "Salle", rests: "Par ordonnance",
		called: "Comment le témoin est désigné", calledText: "Le témoin est désigné sous le nom de %s. Aucun autre nom n’est employé à l’audience ni dans ce qui en est écrit.",
		youWill: "Ce que vous verrez et entendrez", counsel: "Ce que votre avocat verra et entendra", public: "Ce que le public et la presse verront et entendront",
		picture:        map[protection.Picture]string{protection.NoPicture: "Aucune image du témoin n’est montrée.", protection.Silhouette: "À la place du témoin est montrée une silhouette dessinée.", protection.ClearPicture: "L’image du témoin est montrée."},
		voice:          map[protection.Voice]string{protection.NoVoice: "Aucune voix n’est entendue.", protection.InterpreterOnly: "L’interprète est entendu, et non la voix du témoin.", protection.Disguised: "La voix du témoin est entendue, modifiée par une machine.", protection.ClearVoice: "La voix du témoin est entendue."},
		yourPicture:    map[protection.Picture]string{protection.NoPicture: "Vous ne verrez pas le témoin.", protection.Silhouette: "À la place du témoin vous verrez une silhouette dessinée.", protection.ClearPicture: "Vous verrez le témoin."},
		yourVoice:      map[protection.Voice]string{protection.NoVoice: "Vous n’entendrez pas le témoin ; votre avocat l’entendra.", protection.InterpreterOnly: "Vous entendrez l’interprète, et non la voix du témoin.", protection.Disguised: "Vous entendrez la voix du témoin, modifiée par une machine.", protection.ClearVoice: "Vous entendrez le témoin."},
		counselPicture: map[protection.Picture]string{protection.NoPicture: "Votre avocat ne verra pas le témoin.", protection.Silhouette: "À la place du témoin votre avocat verra une silhouette dessinée.", protection.ClearPicture: "Votre avocat verra le témoin."},
		counselVoice:   map[protection.Voice]string{protection.NoVoice: "Votre avocat n’entendra pas le témoin.", protection.InterpreterOnly: "Votre avocat entendra l’interprète, et non la voix du témoin.", protection.Disguised: "Votre avocat entendra la voix du témoin, modifiée par une machine.", protection.ClearVoice: "Votre avocat entendra le témoin."},
		off:            "Vous ne serez pas connecté pendant la déposition du témoin.", offCounsel: "Votre avocat ne sera pas connecté pendant la déposition du témoin.",
		witnessSees: "Le témoin pourra vous voir.", witnessSeesNot: "Le témoin ne vous verra pas.", modeTitle: "Qui peut suivre l’audience",
		mode: map[protection.SessionMode]string{protection.PublicMode: "L’audience s’ouvre en public.", protection.PrivateMode: "L’audience s’ouvre en session privée : le public et la presse ne la suivent pas. Le tribunal dit pourquoi, et pour combien de temps.",
			protection.ClosedMode: "L’audience se tient à huis clos : seules y prennent part les personnes que le tribunal appelle à rester. Le tribunal dit pourquoi."},
		rights:     "Ce qui vous reste ouvert",
		rightsList: []string{"Les juges voient et entendent le témoin sans aucune altération.", "Votre avocat peut poser des questions au témoin.", "Par votre avocat, vous pouvez dire au tribunal ce que vous opposez à ces mesures, et en demander la modification."},
		duties:     "Ce qui vous est demandé",
		dutiesList: []string{"Ne cherchez pas à savoir qui est le témoin, et ne transmettez rien qui puisse l’apprendre.", "Nul autre que le tribunal n’enregistre l’audience.", "Ces mesures ne disent rien de la culpabilité, ni du crédit accordé au témoin."},
		banner:     "RESTRICTION DE PUBLICATION", bannerText: "Rien ne peut être publié, sous quelque forme que ce soit, qui puisse conduire au témoin : ni nom, ni visage, ni voix, ni lieu, ni famille, ni travail, ni manière de parler ; ni dessin, ni photographie. Il en est ainsi jusqu’à ce qu’un juge en décide autrement.",
		live: "Vous recevez l’audience au moment où elle se tient.", delayed: "Vous recevez l’audience avec %d minutes de retard, pour que le tribunal puisse en retirer ce qui ne doit pas sortir.", afterTestimony: "Vous recevez l’audience une fois la déposition terminée.",
		afterReview: "Vous recevez l’audience une fois que le tribunal l’a examinée.", never: "Vous ne recevez pas l’audience elle-même. Le procès-verbal public est publié.", release: "Quand vous la recevez", press: "Ce que le tribunal vous demande",
		pressList: []string{"Employez le pseudonyme, et lui seul.", "Méfiez-vous de deux détails réunis autant que d’un seul : ce qui ne dit rien isolément peut tout dire à côté d’un autre article.",
			"Si un nom ou un autre détail est entendu par erreur, ne le publiez pas. Le tribunal le retire de ce qui est diffusé.", "Lorsque la session devient privée, l’image et le son s’arrêtent. Le tribunal dit pourquoi, et quand il pense reprendre.",
			"Nul autre que la juridiction ne prend d’images, n’enregistre ni ne transcrit dans son enceinte."},
		issued: "Délivré par le greffe",
	},

	card: cardWords{
		title: "Votre accès", intro: "Cette carte est pour vous, et pour personne d’autre. Elle ouvre votre place le jour venu.", when: "Quand", clock: "à l’heure du lieu où vous serez", courtClock: "à l’heure du tribunal",
		steps: []string{"Tenez l’appareil photo d’un téléphone ou d’un ordinateur au-dessus du carré.", "Appuyez sur l’adresse qui s’affiche.", "Attendez. On vous fera entrer."},
		typed: "Sans appareil photo, tapez cette adresse, avec chaque lettre telle qu’elle est :",
		rules: []string{"Utilisez-la sur un seul appareil. Elle ne s’ouvre ensuite sur aucun autre.", "Ne la montrez à personne. Ne la photographiez pas pour d’autres.", "Si vous la perdez, ou si quelqu’un d’autre l’a vue, dites-le aussitôt. Vous en recevez une autre, et celle-ci prend fin."},
		mark:  "Carte %s. Premier usage possible jusqu’au %s, %s.",
	},

	care: careWords{
		title: "Votre jour au tribunal", intro: "Votre défenseur vous remet cette feuille et la lit avec vous.", when: "Quand", clock: "à l’heure du lieu où vous serez", name: "Votre nom au tribunal",
		nameText: "Au tribunal, on vous appelle %s.\nLe tribunal n’emploie pas votre vrai nom.", others: "Qui vous voit et vous entend",
		many: sight{picture: map[protection.Picture]string{protection.NoPicture: "Ils ne vous voient pas.", protection.Silhouette: "Ils voient un dessin, pas votre visage.", protection.ClearPicture: "Ils vous voient."},
			voice: map[protection.Voice]string{protection.NoVoice: "Ils ne vous entendent pas.", protection.InterpreterOnly: "Ils entendent l’interprète, pas votre voix.", protection.Disguised: "Ils entendent votre voix, changée par une machine.", protection.ClearVoice: "Ils vous entendent."},
			off:   "Ils ne vous voient pas. Ils ne vous entendent pas.", clear: "Ils vous voient et vous entendent."},
		one: map[protection.Audience]sight{
			protection.Prosecution: {picture: map[protection.Picture]string{protection.NoPicture: "Il ne vous voit pas.", protection.Silhouette: "Il voit un dessin, pas votre visage.", protection.ClearPicture: "Il vous voit."},
				voice: map[protection.Voice]string{protection.NoVoice: "Il ne vous entend pas.", protection.InterpreterOnly: "Il entend l’interprète, pas votre voix.", protection.Disguised: "Il entend votre voix, changée par une machine.", protection.ClearVoice: "Il vous entend."},
				off:   "Il ne vous voit pas. Il ne vous entend pas.", clear: "Il vous voit et vous entend."},
			protection.Accused: {picture: map[protection.Picture]string{protection.NoPicture: "Elle ne vous voit pas.", protection.Silhouette: "Elle voit un dessin, pas votre visage.", protection.ClearPicture: "Elle vous voit."},
				voice: map[protection.Voice]string{protection.NoVoice: "Elle ne vous entend pas.", protection.InterpreterOnly: "Elle entend l’interprète, pas votre voix.", protection.Disguised: "Elle entend votre voix, changée par une machine.", protection.ClearVoice: "Elle vous entend."},
				off:   "Elle ne vous voit pas. Elle ne vous entend pas.", clear: "Elle vous voit et vous entend."},
		},
		accused: "La personne accusée", accusedHidden: "Vous ne verrez pas la personne accusée.", accusedShown: "Vous verrez peut-être la personne accusée. Dites à votre défenseur si vous ne le voulez pas.",
		breaks:     "Si vous avez besoin d’une pause",
		breaksList: []string{"Appuyez sur le grand bouton « J’ai besoin d’une pause ».", "Ou levez la main.", "Vous n’avez pas à dire pourquoi.", "Le juge s’arrête. Pendant la pause, personne ne vous voit ni ne vous entend."},
		answer:     "Quand vous parlez",
		answerList: []string{"Dites ce que vous savez, avec vos mots.", "Vous pouvez dire : je ne sais pas.", "Vous pouvez dire : je ne comprends pas.", "Ne dites pas votre vrai nom, ni où vous habitez.", "Si cela vous échappe, dites-le tout de suite au juge."},
		limits:     "Ce que nous ne pouvons pas promettre",
		limitsList: []string{"Les gens qui vous connaissent bien peuvent encore vous reconnaître à vos paroles.", "Dites à votre défenseur qui ne doit pas vous reconnaître."},
		later:      "Plus tard",
		laterList:  []string{"Il peut y avoir un autre procès.", "Un juge peut alors décider que d’autres reçoivent ce que vous avez dit.", "Un juge peut aussi décider qu’ils reçoivent votre nom.", "Parlez-en à votre défenseur avant de témoigner."},
		paper:      "Cette feuille", paperList: []string{"Vous n’avez pas à l’emporter chez vous.", "Vous pouvez la rendre à votre défenseur."},
		ask: "À qui demander", advocate: "Votre défenseur", phone: "Téléphone",
	},

	ready: readyWords{
		title: "Fiche de préparation", sub: "À remplir à la main, un jour et une demi-heure avant l’audience", when: "Ouverture", there: "Heure du témoin", room: "Salle", mode: "Session", begins: "en %s",
		protections: "Protections ordonnées", protection: "Protection", setUp: "Mise en place par", day: "H – 24 h", half: "H – 30 min", technique: "Technique et locaux",
		checks: map[order.MeasureKind]string{order.Pseudonym: "Écrans, listes d’entrée, étiquettes et papiers ne portent que le pseudonyme.", order.FaceAlteration: "Le tribunal a vu ce que voit chaque audience : une silhouette.",
			order.VoiceDisguised: "Le tribunal a entendu ce qu’entend chaque audience : une voix déguisée.", order.InterpreterOnly: "Le tribunal a entendu ce qu’entend chaque audience : l’interprète seul.",
			order.ScreenAccused: "Aucun écran, aucune vitre devant le témoin ne montre l’accusé.", order.ScreenWitness: "L’écran devant l’accusé reste noir ; celui de l’avocat non.",
			order.PrivateSession: "Une touche coupe le public et la presse ; elle a été essayée.", order.ClosedSession: "La liste de ceux qui restent est sur le bureau du tribunal.", order.LiveLink: "La liaison a été essayée à la même heure un autre jour ; le coordonnateur est désigné.",
			order.NonDisclosure: "Nulle liste, nul panneau, nul dossier vu du public ne dit le nom ni le lieu.", order.Expunge: "Il est convenu qui marque et qui statue sur les marques.", order.PreRecorded: "L’enregistrement a été joué dans cette salle, image et son.",
			order.IntermediaryHelp: "L’intermédiaire a une place que le tribunal voit.", order.SupportPerson: "La personne de soutien n’est pas un autre témoin ; son micro est coupé.", order.Questioning: "Les sujets exclus sont sous les yeux de chaque partie.",
			order.DelayedBroadcast: "Le retard est réglé, et qui diffuse est désigné.", order.FullAnonymity: "Les questions de la défense passent par le juge ; rien n’est en clair sur ses écrans.", order.AddressSubstitution: "Chaque papier porte l’adresse de substitution.",
			order.SealedExhibit: "Il est convenu qui peut l’ouvrir et qui l’apporte.", order.ReportingRestriction: "L’avis est affiché à la porte et posé sur les bancs de la presse.", order.PhysicalProtection: "Le service de protection a confirmé la journée.", order.NonPunishment: "Le ministère public a été alerté."},
		otherCheck: "Elle est en place telle que l’ordonnance la prévoit.", modeCheck: "La session s’ouvre dans le mode prévu.",
		general: []string{"Image et son de chaque place, altération active, vus et entendus par le tribunal.", "Les deux enregistreurs tournent ; il y a de la place pour la journée entière.", "Interprète : langue et dialecte convenus, entend et est entendu.",
			"Entrée et lieu d’attente séparés pour le témoin.", "Signes pour une pause et pour le silence convenus ; le témoin a essayé les boutons.", "Il est convenu que faire si la liaison tombe.", "Soutien et défenseur présents avant et après."},
		contacts: "Contacts par fonction", office: "Fonction", name: "Nom", phone: "Téléphone",
		desks: []string{"Président", "Greffier d’audience", "Greffe", "Ministère public", "Coordonnateur du point distant", "Interprète", "Service technique", "Soutien au témoin", "Sécurité"},
		rule:  "Là où une case reste à non, une personne désignée décide avant l’ouverture. N’écrivez ici rien qui dise qui est le témoin, ni où il se trouve.", decides: "A décidé d’ouvrir l’audience", signed: "Le greffier", ofOrder: "ordonnance %s",
	},

	minutes: minutesWords{
		publicTitle: "Procès-verbal d’audience – version publique", sealedTitle: "Procès-verbal d’audience – version scellée", recovered: "Rétabli après un arrêt qui n’était pas régulier : ce qui s’est passé après le dernier événement n’est pas connu.",
		begun: "Ouverture", ended: "Clôture", there: "Heure du témoin", held: "Tenue", seats: "Participants", seat: "Place", role: "Fonction", admitted: "Admis à", leftAt: "Sorti à",
		course: "Déroulement", from: "De", to: "À", phase: "Étape", mode: "Session", reason: "Motif", withheld: "ne figure pas dans la version publique",
		phases: map[testimony.Phase]string{testimony.Lobby: "Avant l’ouverture", testimony.IdentityCheck: "Vérification d’identité, à part", testimony.Oath: "Serment", testimony.Testimony: "Déposition", testimony.Break: "Pause",
			testimony.Interruption: "Interruption technique", testimony.Closed: "Clôture"},
		totals: "Temps de déposition", time: "Durée", events: "Ce qui s’est passé", at: "Heure", what: "Événement",
		kinds: map[testimony.EventKind]string{testimony.PhaseChanged: "Étape", testimony.ModeChanged: "Session", testimony.Joined: "s’est présenté à l’entrée", testimony.Admitted: "admis", testimony.Left: "sorti", testimony.Removed: "exclu",
			testimony.Muted: "micro coupé", testimony.Unmuted: "micro rétabli", testimony.Marked: "Passage marqué", testimony.Requested: "Le témoin a demandé", testimony.Fault: "Incident technique", testimony.Refusal: "Invitation refusée",
			testimony.Prepared: "s’est préparé", testimony.WentOn: "La pause a pris fin", testimony.IdentityFound: "Identité vérifiée", testimony.OathTaken: "Serment ou déclaration reçus",
			testimony.LineLost: "ni image ni son n’arrivent", testimony.LineBack: "ni image ni son ne sont arrivés"},
		asked:      map[string]string{"understand": "je ne comprends pas", "break": "j’ai besoin d’une pause", "pause": "arrêtez mon image et mon son", "someone": "arrêtez : quelqu’un est entré", "ready": "je peux continuer", "alarm": "alarme silencieuse", "hand": "je demande la parole", "voice": "faites-moi entendre ma voix modifiée"},
		steps:      map[string]string{"rights": "a lu ce qu’il faut savoir", "devices": "image et son vérifiés", "silent": "n’entend pas le son"},
		recordings: "Enregistrements, sous scellés", log: "Journal d’audit", logText: "%d entrées ; arbre %s. Sur papier, cette tête montre plus tard si le journal a été tronqué ou réécrit.",
		absent:   "De la session privée et du huis clos, cette version donne la durée et le motif du tribunal, et rien de ce qui a été dit. La version scellée contient tout le déroulement.",
		identity: "Identité du témoin", identityText: "Cette version désigne le témoin par son seul pseudonyme. Le procès-verbal d’identité est conservé à part, sous clé ; il ne lui est joint que par une révélation approuvée par deux responsables de collèges différents.",
		locked:    "Le témoin ne signe que le procès-verbal d’identité, qui reste sous clé.",
		signClerk: "Le greffier", signJudge: "Le juge", seal: "SOUS SCELLÉS. À n’ouvrir que par les personnes que le tribunal a désignées.", bench: "Tribunal",
	},

	disclosed: disclosedWords{
		title: "Identité, jointe par révélation", text: "Les champs ci-dessous ont été communiqués à un seul destinataire et joints à cette version par un acte délibéré, inscrit au journal d’audit. Une révélation prend fin à sa date ; le papier, non. Gardez-le sous scellés, et rendez-le ou détruisez-le ce jour-là.",
		stamp: "Communiqué à %s · %s", unprintable: "communiqué, mais ne tient pas sur le papier", to: "Communiqué à", order: "En vertu de", at: "Joint le", until: "Prend fin le",
		fields: map[identity.Field]string{identity.Name: "Nom", identity.BirthDate: "Date de naissance", identity.BirthYear: "Année de naissance", identity.BirthPlace: "Lieu de naissance", identity.Nationality: "Nationalité", identity.Address: "Adresse",
			identity.Contact: "Contact", identity.Family: "Famille", identity.Documents: "Documents", identity.Face: "Portrait", identity.Voice: "Voix", identity.Note: "Note"},
	},
}
