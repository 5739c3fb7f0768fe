// Command make_concealed must not compile: it makes a concealed packet of bytes of its own.
package main

import "paravent/media/hub/internal/concealedform"

func main() {
	_ = concealedform.Packet{payload: []byte("clear")}
}
