package firefox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/coder/websocket"
)

// params are those of a command of WebDriver BiDi.
type params map[string]any

// logEntry is the event of a line on a page's console, or of an error that nobody caught.
const logEntry = "log.entryAdded"

// maxMessage bounds what Firefox may send at once, in bytes.
const maxMessage = 16 << 20

// bidi is one connection to a browser that speaks WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).
type bidi struct {
	socket *websocket.Conn
	ended  chan struct{}
	cancel context.CancelFunc

	mu      sync.Mutex
	last    int
	waiting map[int]chan answer
	said    map[string][]string // on the console, by browsing context
}

type answer struct {
	Type    string          `json:"type"` // success, error or event
	ID      int             `json:"id"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Method  string          `json:"method"`
	Params  struct {
		Level  string `json:"level"`
		Text   string `json:"text"`
		Source struct {
			Context string `json:"context"`
		} `json:"source"`
	} `json:"params"` // of a logEntry
}

var errEnded = errors.New("the browser has ended")

func dial(ctx context.Context, address string) (*bidi, error) {
	socket, _, err := websocket.Dial(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	socket.SetReadLimit(maxMessage)
	b := &bidi{socket: socket, ended: make(chan struct{}), waiting: map[int]chan answer{}, said: map[string][]string{}}
	ctx, b.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go b.read(ctx)
	return b, nil
}

func (b *bidi) read(ctx context.Context) {
	defer close(b.ended)
	for {
		_, text, err := b.socket.Read(ctx)
		if err != nil {
			return
		}
		var a answer
		if json.Unmarshal(text, &a) != nil {
			continue // an event of another shape, which nobody has asked for
		}
		b.mu.Lock()
		if a.Method == logEntry {
			from := a.Params.Source.Context
			b.said[from] = append(b.said[from], a.Params.Level+": "+a.Params.Text)
		} else if waiting := b.waiting[a.ID]; waiting != nil {
			delete(b.waiting, a.ID)
			waiting <- a
		}
		b.mu.Unlock()
	}
}

// call gives a command and waits for its result.
func (b *bidi) call(ctx context.Context, method string, p params, result any) error {
	came := make(chan answer, 1)
	b.mu.Lock()
	b.last++
	id := b.last
	b.waiting[id] = came
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.waiting, id)
		b.mu.Unlock()
	}()
	text, err := json.Marshal(params{"id": id, "method": method, "params": p})
	if err != nil {
		return err
	}
	if err := b.socket.Write(ctx, websocket.MessageText, text); err != nil {
		return err
	}
	select {
	case a := <-came:
		if a.Type != "success" {
			return fmt.Errorf("%s: %s", a.Error, a.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(a.Result, result)
	case <-b.ended:
		return errEnded
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *bidi) heard(context string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.said[context]...)
}

func (b *bidi) close() {
	b.cancel()
	_ = b.socket.CloseNow() // nothing is left to say
	<-b.ended
}
