// Where a connection is held over the relay alone, no other address is told to the court, nor taken from it. The browser is
// told to use none (iceTransportPolicy); this holds if it does.

const nowhere = "0.0.0.0";
const extensions = ["generation", "ufrag", "network-cost", "tcptype"];

/** A candidate line without the related address, or null when it is not a relay's. */
function relayedLine(text) {
  const f = text.trim().split(/\s+/);
  if (f.length < 8 || !f[0].startsWith("candidate:") || f[6] !== "typ" || f[7] !== "relay") return null;
  const kept = [...f.slice(0, 8), "raddr", nowhere, "rport", "0"];
  for (let i = 8; i + 1 < f.length; i += 2) if (extensions.includes(f[i])) kept.push(f[i], f[i + 1]);
  return kept.join(" ");
}

/** The same of a candidate as it is signalled. The end of candidates, an empty line, is as it is. */
export function relayedCandidate(candidate) {
  if (!candidate.candidate) return candidate;
  const line = relayedLine(candidate.candidate);
  return line && { ...candidate, candidate: line };
}

/** A session description without any address that is not a relay's. */
export function relayed(sdp) {
  const lines = sdp.split(/\r?\n/).flatMap((line) => {
    if (line.startsWith("a=candidate:")) {
      const kept = relayedLine(line.slice(2));
      return kept ? [`a=${kept}`] : [];
    }
    if (line.startsWith("a=remote-candidates:")) return [];
    if (line.startsWith("c=")) return [`c=IN IP4 ${nowhere}`];
    if (line.startsWith("a=rtcp:")) return [`a=rtcp:9 IN IP4 ${nowhere}`];
    if (line.startsWith("o=")) return [line.replace(/^(o=\S+ \S+ \S+) .*$/, `$1 IN IP4 ${nowhere}`)];
    if (line.startsWith("m=")) return [line.replace(/^(m=\S+) (?!0 )\d+/, "$1 9")];
    return [line];
  });
  return lines.join("\r\n");
}
