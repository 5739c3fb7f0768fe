package i18n

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"paravent/testimony/docket"
)

// TestEveryDetailOfTheLogHasWords finds what entries of the log hold beside their acts, and demands words for each in both languages.
func TestEveryDetailOfTheLogHasWords(t *testing.T) {
	t.Parallel()
	en, fr := catalogues(t)
	details := loggedDetails(t)
	if len(details) < 25 {
		t.Errorf("only %d details were found: %v", len(details), details)
	}
	for key, at := range details {
		if en["detail."+key] == "" || fr["detail."+key] == "" {
			t.Errorf("%s: the detail %q has no words", at, key)
		}
	}
}

func TestEveryActOfTheLogIsAboutSomething(t *testing.T) {
	t.Parallel()
	for act, at := range loggedActs(t) {
		if docket.SubjectOf(act) == "" {
			t.Errorf("%s: %q is about nothing that can be searched for", at, act)
		}
	}
}

// loggedDetails are the keys of maps of text that stand in a call with an act, or that are kept in something called details.
func loggedDetails(t *testing.T) map[string]token.Position {
	t.Helper()
	found := map[string]token.Position{}
	set := token.NewFileSet()
	text := func(e ast.Expr) (string, bool) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(lit.Value)
		return s, err == nil
	}
	take := func(e ast.Expr) {
		lit, ok := e.(*ast.CompositeLit)
		if !ok {
			return
		}
		for _, pair := range lit.Elts {
			if kv, ok := pair.(*ast.KeyValueExpr); ok {
				if key, ok := text(kv.Key); ok && key == strings.ToLower(key) { // those of the window's sentences are capitalised
					found[key] = set.Position(kv.Pos())
				}
			}
		}
	}
	for _, file := range programFiles(t, set) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				act := false
				for _, arg := range n.Args {
					s, ok := text(arg)
					act = act || ok && actShape.MatchString(s)
				}
				for _, arg := range n.Args {
					if act {
						take(arg)
					}
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if index, ok := left.(*ast.IndexExpr); ok && called(index.X) == "details" {
						if key, ok := text(index.Index); ok {
							found[key] = set.Position(n.Pos())
						}
					}
					if called(left) == "details" && i < len(n.Rhs) {
						take(n.Rhs[i])
					}
				}
			case *ast.FuncDecl:
				if n.Name.Name == "details" || n.Name.Name == "disclosureDetails" {
					ast.Inspect(n.Body, func(inner ast.Node) bool {
						if r, ok := inner.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
							take(r.Results[0])
						}
						return true
					})
				}
			}
			return true
		})
	}
	return found
}
