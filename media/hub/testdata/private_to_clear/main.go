// Command private_to_clear must not compile: it hands what was said in private to where clear packets are taken.
package main

import (
	"paravent/media/hub/internal/clearform"
	"paravent/media/hub/internal/privateform"
)

func main() {
	var private privateform.Packet
	_ = clearform.Packet(private)
}
