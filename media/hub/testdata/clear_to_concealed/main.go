// Command clear_to_concealed must not compile: it hands a clear packet to where concealed ones are taken.
package main

import (
	"paravent/media/hub/internal/clearform"
	"paravent/media/hub/internal/concealedform"
)

func main() {
	var clear clearform.Packet
	var queue []concealedform.Packet
	queue = append(queue, clear)
	_ = queue
}
