# Turns go test's benchmark lines into one line for each figure that has a goal. Ratios are measured in one run.
# Output that shows no benchmark, and any failure, ends with an error.
function figure(text, value, unit, goal, sign) {
  met = goal == "" ? "" : sprintf("  goal %s %s: %s", sign == ">" ? "at least" : "at most", goal, (sign == ">" ? value + 0 >= goal + 0 : value + 0 <= goal + 0) ? "met" : "MISSED")
  printf "%-74s %8.2f%s%s\n", text, value, unit, met
  shown++
}
function of(unit,   i) { for (i = 3; i < NF; i += 2) if ($(i + 1) == unit) return $i; return "" }
/^BenchmarkBatchWriteRatio/     { figure("sealed batch writes, of raw bbolt with the same hashed names", of("sealed/raw"), "", "0.9", ">") }
/^BenchmarkScanRatio/           { figure("sealed scan that hands out every value, of raw bbolt", of("sealed/raw"), "", "0.2", ">") }
/^BenchmarkRatioConcealedPath/  { figure("concealed path (decode, draw, encode), of decode and encode", of("concealed/plain"), "", "1.15", "<") }
/^BenchmarkFirstPicture/        { figure("page load to the first decoded picture, witness to bench", of("s-to-the-witness"), " s", "", "")
                                  figure("page load to the first decoded picture, silhouette to gallery", of("s-to-the-silhouette"), " s", "", "") }
/^BenchmarkBadLine/             { figure("10 % loss, 300 ms, 60 ms jitter: share of the sound that is played", of("share-played"), "", "0.97", ">")
                                  figure("sound of the witness again after a cut of 12 s", of("s-back-after-a-cut"), " s", "3", "<")
                                  figure("the same after a change of address that nobody tells", of("s-back-after-a-move"), " s", "", "") }
/^BenchmarkHubRatio/            { figure("hub, 50 subscribers, of the same fan-out written on pion alone", of("hub/pion"), "", "1.1", "<") }
/^BenchmarkClearDelay/          { figure("the way through the hub, longer than a connection without it", of("ms-more"), " ms", "10", "<") }
/^BenchmarkModeSwitch/          { figure("the last packet to the public after the key for a private session", of("ms-to-the-last-packet"), " ms", "40", "<") }
/^BenchmarkHubCPU\/10/          { figure("hub, one core's share per subscriber of 1 Mbit/s, 10 subscribers", of("%core/subscriber"), " %", "", "") }
/^BenchmarkHubCPU\/50/          { figure("hub, one core's share per subscriber of 1 Mbit/s, 50 subscribers", of("%core/subscriber"), " %", "", "") }
/^BenchmarkCommitRatio/         { figure("etcd, three members: a change of the vault, of one raw put", of("sealed/raw"), "", "2", "<")
                                  figure("etcd, three members: a read and three puts, of one raw put", of("three-puts/raw"), "", "2", "<") }
/^BenchmarkSixteenWriters/      { figure("etcd, three members: commits of 16 writers with heads of their own", of("commits/s"), "/s", "1200", ">")
                                  figure("etcd, three members: retries a commit of those", of("retries/commit"), "", "0.1", "<") }
/^BenchmarkTwoDesks/            { figure("etcd, three members: changes of one vault by two desks at full speed", of("commits/s"), "/s", "", "")
                                  figure("etcd, three members: retries a change of those, which share a head", of("retries/commit"), "", "", "") }
/^BenchmarkSingleWriteRatio/    { figure("a durable change with its audit entry and manifest, of a raw put of a random key", of("sealed/put"), "", "1.25", "<") }
/^BenchmarkGroupCommit/         { figure("64 writers at once: changes of a vault", of("commits/s"), "/s", "", "")
                                  figure("64 writers at once: changes of a vault, of raw bbolt in groups", of("sealed/raw"), "", "", "") }
/^BenchmarkBulkImport/          { figure("bulk import: raw and sorted by hashed name, of raw as it comes", of("sorted/raw"), "", "", "")
                                  figure("bulk import: sealed, of raw as it comes", of("sealed/raw"), "", "", "") }
/^BenchmarkSearch/              { figure("unlocked to searchable with 100,000 parties, beside the key derivation", of("s-to-searchable"), " s", "0.3", "<")
                                  figure("search of a part of a word among 100,000 parties", of("ms/search"), " ms", "5", "<")
                                  figure("the slowest of those, which finds them all", of("ms/slowest-search"), " ms", "", "") }
/^BenchmarkOpenRatio/           { figure("opening a sealed recording and checking its root, of age on the same", of("sealed/age"), "", "1.6", ">")
                                  figure("opening a sealed recording and checking its root, of SHA-256 on one core", of("sealed/sha256"), "", "0.9", ">") }
/^BenchmarkSealRatio/           { figure("sealing a recording, without a disk", of("GB/s"), " GB/s", "", "")
                                  figure("the same, of age on the same", of("sealed/age"), "", "", "") }
/^BenchmarkVerifyOnOneCore/     { figure("checking a sealed recording on one core", of("GB/s"), " GB/s", "", "")
                                  figure("the same, of the slower of bare SHA-256 and AES-GCM", of("check/slower"), "", "0.7", ">") }
/^BenchmarkOpenAndSeek/         { figure("a sealed recording of two hours, opened to its first picture", of("ms-to-the-first-picture"), " ms", "300", "<")
                                  figure("a jump in it, 1.9 s after a key frame", of("ms-seek"), " ms", "150", "<")
                                  figure("a jump to its end at the moment it is opened, read through on the way", of("ms-first-jump-to-the-end"), " ms", "", "") }
/^BenchmarkDerive/              { figure("a masked version at 640x480 made on one core, times as fast as it plays", of("x_real_time"), " x", "8", ">") }
/^BenchmarkVersionRatio/        { figure("checking a version by itself on one core", of("GB/s"), " GB/s", "", "")
                                  figure("the same, of SHA-256 on one core", of("check/sha256"), "", "", "") }
/^BenchmarkInclusionProof/      { figure("inclusion proof at 100,000 entries: make and check the path", of("us/proof"), " us", "50", "<")
                                  figure("inclusion proof as a file, with every signature", of("us/file"), " us", "", "") }
/^BenchmarkAuditPage/           { figure("a page of 100 audit entries of 100,000", of("us/page"), " us", "2000", "<")
                                  figure("a search of 100,000 audit entries by what they say", of("ms-search"), " ms", "1500", "<") }
/^BenchmarkCheck-/              { figure("one hearing checked against 100,000", of("ms/check"), " ms", "5", "<") }
/^BenchmarkCalendarRedraw/      { figure("a week of 100 hearings drawn anew", of("ms/redraw"), " ms", "16", "<") }
/^BenchmarkPropose/             { figure("the best 3 times of a hearing of 8 resources in a year of 20,000 hearings", of("ms/search"), " ms", "100", "<")
                                  figure("the same, where each is any of ten", of("ms/choosing-search"), " ms", "", "") }
/^BenchmarkCompile/              { figure("compiling the matrix of 200 orders for 50 audiences", of("ms/compile"), " ms", "1", "<") }
/^BenchmarkAuditRoom/           { figure("the Audit room at 100,000 entries, until it is drawn", of("ms-drawn"), " ms", "200", "<")
                                  figure("the Audit room at 100,000 entries, until its first page is read", of("ms-read"), " ms", "500", "<") }
/^BenchmarkStatistics/          { figure("statistics over 100,000 parties: counted, hidden and audited", of("s-to-audited"), " s", "1", "<") }
/^(FAIL|panic)|^--- FAIL/       { failed = 1 }
/^FAIL|^panic|_test\.go:/       { print }
END { if (failed || shown < 51) { print "not every figure was measured"; exit 1 } }
