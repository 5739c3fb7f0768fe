// Command convert must not compile: it calls a clear packet a concealed one.
package main

import (
	"paravent/media/hub/internal/clearform"
	"paravent/media/hub/internal/concealedform"
)

func main() {
	var clear clearform.Packet
	_ = concealedform.Packet(clear)
}
