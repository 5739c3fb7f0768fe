package join

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"paravent/testimony/invite"
)

//go:embed page
var pageFiles embed.FS

// contentTypes are those of the page's parts; a part of any other kind is not served.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json; charset=utf-8",
	".svg":  "image/svg+xml",
}

// contentPolicy lets the page load its own parts and nothing else, from nowhere else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"media-src 'self' mediastream: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

var headers = map[string]string{
	"Content-Security-Policy":      contentPolicy,
	"Cache-Control":                "no-store",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"X-Robots-Tag":                 "noindex, nofollow",
	"X-DNS-Prefetch-Control":       "off",
	"Permissions-Policy": "camera=(self), microphone=(self), screen-wake-lock=(self), autoplay=(self), geolocation=(), " +
		"display-capture=(), usb=(), payment=()",
}

// routes serves the page, and the signalling at /s.
func (s *Server) routes() (http.Handler, error) {
	page, err := Page(s.languages)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", page)
	mux.HandleFunc("GET /s", s.signal)
	return s.guard(mux), nil
}

// Page serves the join page at /j/<id> and its parts under /a/, with the headers that shut it in, in these languages ([Languages]), and nothing else. It knows
// no court and no invitation: the page finds the signalling at /s of wherever it was served.
func Page(languages []Language) (http.Handler, error) {
	parts, err := pageParts(languages)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /j/{id}", func(w http.ResponseWriter, r *http.Request) {
		servePart(w, parts["page.html"], ".html")
	})
	mux.HandleFunc("GET /a/{name}", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		part, ok := parts[name]
		if !ok || name == "page.html" {
			http.NotFound(w, r)
			return
		}
		servePart(w, part, path.Ext(name))
	})
	testedLine(mux)
	return shutIn(mux), nil
}

// testShare is what a page fetches and sends to try its line, in bytes.
const testShare = 256 << 10

// testedLine gives and takes bytes that mean nothing, so that a page can measure its line. What it takes is thrown away.
func testedLine(mux *http.ServeMux) {
	noise := make([]byte, testShare) // nothing on the way makes it smaller
	_, _ = rand.Read(noise)          // never fails
	mux.HandleFunc("GET /t", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(noise) // a browser that went away misses nothing
	})
	mux.HandleFunc("POST /t", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, testShare)); err != nil {
			http.Error(w, "That is more than a test needs.", http.StatusRequestEntityTooLarge)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// shutIn sets what every answer carries.
func shutIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}

// guard answers only to the server's own names.
func (s *Server) guard(next http.Handler) http.Handler {
	return shutIn(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.address.answers(r.Host) {
			http.Error(w, "This is not the address of the court.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

func servePart(w http.ResponseWriter, part []byte, kind string) {
	w.Header().Set("Content-Type", contentTypes[kind])
	_, _ = w.Write(part) // a browser that went away misses nothing
}

// pageParts are the page's files by name, with its languages and the lists of verification words beside them.
func pageParts(languages []Language) (map[string][]byte, error) {
	parts := map[string][]byte{}
	err := fs.WalkDir(pageFiles, "page", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || contentTypes[path.Ext(name)] == "" || path.Dir(name) != "page" {
			return err
		}
		text, err := pageFiles.ReadFile(name)
		parts[strings.TrimPrefix(name, "page/")] = text
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the join page: %w", err)
	}
	for _, lang := range invite.Languages {
		list, err := json.Marshal(invite.WordList(lang))
		if err != nil {
			return nil, fmt.Errorf("read the words: %w", err)
		}
		parts["words."+lang+".json"] = list
	}
	for _, language := range languages {
		parts["in."+language.Code+".json"] = language.text
	}
	list, err := json.Marshal(languages)
	if err != nil {
		return nil, fmt.Errorf("list the languages: %w", err)
	}
	parts["languages.json"] = list
	return parts, nil
}
